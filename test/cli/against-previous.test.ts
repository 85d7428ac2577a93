import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const rows = (score: (n: number) => object) =>
  Array.from(
    { length: 10 },
    (_, n) => `${JSON.stringify({ inputs: { n }, outputs: { n }, ...score(n) })}\n`,
  ).join('');
const files = {
  'good.jsonl': rows(() => ({ scores: { correct: true } })),
  'bad.jsonl': rows((n) => (n === 0 ? { error: 'Boom' } : { scores: { correct: false } })),
};
const record = (file: string, ...more: string[]) =>
  machine.run(['record', file, '-d', 'numbers', '-e', file, '--local', ...more], { files });

describe('after a recording', () => {
  test('a line says how it compares with the experiment before, in the words of compare', async () => {
    const first = await record('good.jsonl');
    const second = await record('bad.jsonl');

    expect(first.stderr).not.toContain('Against');
    expect(second.stderr).toContain(
      'Against good.jsonl: 1 newly failing. Worse: correct; within noise: error. More: ls-record compare good.jsonl bad.jsonl --local\n',
    );
  });

  test.for([['--quiet'], ['--verify', 'off'], ['--json']])(
    'nothing is compared with %s',
    async (more) => {
      await record('good.jsonl');

      const { status, stderr } = await record('bad.jsonl', ...more);

      expect(status).toBe(0);
      expect(stderr).not.toContain('Against');
    },
  );
});
