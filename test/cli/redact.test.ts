import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { FORMS } from '../../src/prepare/redact/forms.js';
import { startFaultProxy } from '../support/fault-proxy.js';
import { openTestHome } from '../support/home.js';
import { expandTemplate } from '../support/secrets.js';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const FIELDS = ['inputs', 'outputs', 'reference_outputs', 'error', 'metadata', 'comment', 'child'];
const secretOf = (form: string, field: string) =>
  expandTemplate(FORMS.find(({ name }) => name === form)?.like ?? '', field);
const SECRETS = FORMS.flatMap(({ name }) => FIELDS.map((field) => secretOf(name, field)));
const PASSWORD = /:\/\/[^:]+:([^@]+)@/;
/** What must be nowhere: of a URL, its password; of a block, its body. */
const GONE = SECRETS.map(
  (text) => PASSWORD.exec(text)?.[1] ?? text.split('\n')[text.includes('\n') ? 1 : 0] ?? text,
);

/** A row for each form, with a secret in each field. */
const rows = FORMS.map(({ name }) => {
  const say = (field: string) => `before ${secretOf(name, field)} after`;
  return {
    inputs: { deep: [{ text: say('inputs') }] },
    outputs: say('outputs'),
    reference_outputs: { answer: say('reference_outputs') },
    error: say('error'),
    metadata: { note: say('metadata') },
    scores: { judge: { score: 1, comment: say('comment') } },
    child_runs: [{ name: 'search', outputs: say('child'), outputs_note: 'x' }],
  };
});
const lines = rows.map((row) => JSON.stringify(row));
const BROKEN = `{"inputs": "${secretOf('openai-key', 'inputs')}`;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** Files of the machine that hold something that must be nowhere, without the source itself. */
function leaks(): string[] {
  return filesBelow(machine.root)
    .filter((path) => !path.endsWith('a.jsonl'))
    .filter((path) => {
      const bytes = readFileSync(path);
      return GONE.some((secret) => bytes.includes(secret));
    });
}

describe('what was redacted is nowhere', () => {
  test('not in package, journal, rejects or requests of a recording that is cut off, nor after it', async () => {
    const home = await openTestHome();
    const bodies: Buffer[] = [];
    let isDown = true;
    const proxy = await startFaultProxy(home.url, ({ path, body }) => {
      bodies.push(body);
      return isDown && path.endsWith('/runs/multipart')
        ? { kind: 'status', status: 503, when: 'before' }
        : undefined;
    });
    onTestFinished(async () => {
      await proxy.close();
      await home.close();
    });
    const record = () =>
      machine.run(
        ['record', 'a.jsonl', '-d', 'x', '--redact', '--on-invalid', 'skip', '--retry-for', '1s'],
        {
          files: { 'a.jsonl': [...lines, BROKEN].join('\n') },
          environment: {
            LANGSMITH_ENDPOINT: proxy.url,
            LANGSMITH_API_KEY: 'lsv2_pt_a_b',
            CI: 'true',
          },
        },
      );

    expect((await record()).status).toBe(5);
    const kept = filesBelow(join(machine.root, 'data')).map((path) => readFileSync(path));
    expect(kept.some((bytes) => bytes.includes('[redacted:email]'))).toBe(true);
    expect(leaks()).toEqual([]);

    isDown = false;
    const { status, stderr } = await record();
    expect(status).toBe(8);
    for (const { title } of FORMS) expect(stderr).toContain(`× ${title} redacted`);
    expect(leaks()).toEqual([]);
    const sent = Buffer.concat(bodies);
    expect(sent.includes('[redacted:email]')).toBe(true);
    expect(GONE.filter((secret) => sent.includes(secret))).toEqual([]);
  });

  test.each([
    ['a file', ['a.jsonl'], undefined] as const,
    ['a stream', [], `${lines.join('\n')}\n`] as const,
  ])('not in the database of home, from %s', async (_, paths, stdin) => {
    const { status } = await machine.run(
      ['record', ...paths, '-d', 'x', '-e', 'night', '--local', '--redact'],
      {
        files: { 'a.jsonl': lines.join('\n') },
        ...(stdin && { stdin }),
      },
    );
    expect(status).toBe(0);
    const { stdout } = await machine.run(['experiments', 'pull', 'night', '--local']);
    expect(stdout).toContain('[redacted:private-key]');
    expect(leaks()).toEqual([]);
  });

  test('not in a dataset that is created from a file', async () => {
    const argv = ['datasets', 'create', 'x', '--from', 'a.jsonl', '--local', '--redact'];
    const { status } = await machine.run(argv, { files: { 'a.jsonl': lines.join('\n') } });
    expect(status).toBe(0);
    expect(leaks()).toEqual([]);
  });
});

test('a redacted recording is another than the same rows as they are', async () => {
  const record = (...more: string[]) =>
    machine.run(['record', 'a.jsonl', '-d', 'x', '--local', '--json', ...more], {
      files: { 'a.jsonl': lines.join('\n') },
    });
  const idOf = ({ stdout }: { stdout: string }) => JSON.parse(stdout).experiments[0].id;

  const redacted = idOf(await record('--redact'));
  expect(idOf(await record('--redact'))).toBe(redacted);
  expect(idOf(await record())).not.toBe(redacted);
  expect(idOf(await record('--redact', '--redact-except', 'jwt'))).not.toBe(redacted);
});

test('without --redact, each form is counted and said', async () => {
  const { stdout } = await machine.run(['validate', 'a.jsonl'], {
    files: { 'a.jsonl': lines.join('\n') },
  });
  for (const { title } of FORMS)
    expect(stdout).toContain(`${FIELDS.length} × ${title} sent as it is (--redact removes it)`);
});

test('a field that no row has stops before anything is written', async () => {
  const { status, stderr } = await machine.run(
    ['record', 'a.jsonl', '-d', 'x', '--local', '--redact-field', 'inputs.emial'],
    { files: { 'a.jsonl': lines.join('\n') } },
  );
  expect(status).toBe(2);
  expect(stderr).toContain('no row has inputs.emial');
  const { stdout } = await machine.run(['datasets', 'list', '--local', '--json']);
  expect(JSON.parse(stdout).datasets).toEqual([]);
});
