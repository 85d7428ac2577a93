import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Machine } from './command-line.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

/** Clears the screen, sets the title, turns the line around, moves the cursor; a bell, a C1 sequence, a null. */
const EVIL = '\u001b[2J\u001b]0;owned\u0007\u202eevil\r\u009b31m\u0000';
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be printed.
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const json = (value: unknown) => `${JSON.stringify(value)}\n`;
const good = { inputs: { q: 1 }, outputs: { a: 1 } };

const FILES: readonly (readonly [what: string, content: string])[] = [
  ['a field that has a bad value', json({ ...good, scores: { [`${EVIL}key`]: [1] } })],
  ['a value that is bad', json({ ...good, start_time: `${EVIL}tomorrow` })],
  ['a line that is not JSON', `{"inputs":${EVIL}}\n`],
  ['a text with bare control characters', `{"inputs":"${EVIL}"}\n`],
  ['names of a document', JSON.stringify({ [`${EVIL}a`]: 1, [`${EVIL}b`]: 2 }, null, 1)],
  ['lists of a document', JSON.stringify({ [`${EVIL}a`]: [{}], [`${EVIL}b`]: [{}] }, null, 1)],
  ['columns of a table', `${EVIL.replace('\r', '')}x,${EVIL.replace('\r', '')}x\n1,2\n`],
  ['cells of a table', `inputs.q,outputs.a,scores.s\n1,2,"${EVIL}"\n1,2,3,"${EVIL}"\n`],
  [
    'names and texts that are recorded',
    json({
      ...good,
      name: EVIL,
      tags: [EVIL],
      [EVIL]: EVIL,
      metadata: { ls_model_name: EVIL, [EVIL]: EVIL },
      scores: { [EVIL]: 1, s: { score: 1, comment: EVIL } },
      error: EVIL,
    }),
  ],
];

describe('nothing from a file moves the cursor or colours the screen', () => {
  const commands = [
    ['record', 'evil.jsonl', '-d', 'evil', '--local'],
    ['record', 'evil.jsonl', '-d', 'evil', '--local', '--on-invalid', 'skip'],
    ['record', 'evil.jsonl', '-d', 'evil', '--local', '--json'],
    ['record', 'evil.jsonl', '-d', 'evil', '--local', '--dry-run'],
  ];

  test.for(
    FILES.flatMap(([what, content]) => commands.map((argv) => [what, argv, content] as const)),
  )('%s: %s', async ([, argv, content]) => {
    const { stdout, stderr } = await machine.run(argv, { files: { 'evil.jsonl': content } });

    expect(stdout + stderr).not.toBe('');
    expect(stdout).not.toMatch(RAW);
    expect(stderr).not.toMatch(RAW);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

test('nor does anything from the command line', async () => {
  const name = `${EVIL.replaceAll('\u0000', '')}x`;
  const files = { 'rows.jsonl': json(good) };
  const runs = [
    ['record', `${name}.jsonl`, '-d', 'evil', '--local'],
    ['record', 'rows.jsonl', '-d', name, '-e', name, '--local'],
    ['record', 'rows.jsonl', '-d', name, '--local', '--run-name', name, '--json'],
    ['record', 'rows.jsonl', '-d', name, '--local', '--endpoint', name],
    ['record', 'rows.jsonl', `--${name}`],
    [name],
    ['datasets', 'list', '--local'],
    ['experiments', 'list', '--local'],
  ];

  for (const argv of runs) {
    const { stdout, stderr } = await machine.run(argv, { files });

    expect(stdout, argv.join(' ')).not.toMatch(RAW);
    expect(stderr, argv.join(' ')).not.toMatch(RAW);
  }
});

test('a file whose own name is hostile is recorded, and named harmlessly', async () => {
  const file = `${EVIL.replaceAll('\u0000', '')}x.jsonl`;

  const { status, stdout, stderr } = await machine.run(['record', file, '-d', 'evil', '--local'], {
    files: { [file]: json(good) },
  });

  expect(status).toBe(0);
  expect(stdout).not.toMatch(RAW);
  expect(stderr).not.toMatch(RAW);
});

test('a formula behind an invisible character is not a formula in CSV', async () => {
  const files = { 'rows.jsonl': json(good) };
  const name = '\u202e=HYPERLINK(1)';
  await machine.run(['record', 'rows.jsonl', '-d', name, '-e', 'x', '--local'], { files });

  const { stdout } = await machine.run(['datasets', 'list', '--csv', '--local']);

  expect(stdout).toContain("'=HYPERLINK(1)");
  expect(stdout).not.toMatch(/^=|,=/m);
});
