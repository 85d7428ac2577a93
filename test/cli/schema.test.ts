import { afterEach, beforeEach, expect, test } from 'vitest';
import { resultJsonSchema } from '../../src/results/json-schema.js';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

test('schema prints the JSON Schema of a row, as a document of its own', async () => {
  const { status, stdout, stderr } = await machine.run(['schema']);

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual(resultJsonSchema());
  expect(stdout).toContain('\n  "title"');
});

test('with --json, it is part of one object as every answer is', async () => {
  const { stdout } = await machine.run(['schema', '--json']);

  expect(JSON.parse(stdout)).toEqual({ version: 1, schema: resultJsonSchema() });
});

test('of the result of a gate has its version', async () => {
  const { status, stdout } = await machine.run(['schema', 'gate']);

  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    properties: { version: { const: 1 }, checks: { type: 'array' } },
  });
});
