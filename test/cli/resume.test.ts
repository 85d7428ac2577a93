import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { leaveUnfinished as leave } from '../support/unfinished.js';
import { Machine } from './command-line.js';
import { KEYS, Typist } from './typist.js';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const ROWS = '{"inputs":{"n":1},"outputs":1}\n{"inputs":{"n":2},"outputs":2}\n';

/** Leaves a recording as a killed process does: begun, and not finished. */
function leaveUnfinished({ live }: { live: boolean }): Promise<string> {
  machine.write('work/rows.jsonl', ROWS);
  return leave(machine, live ? '{"inputs":{"n":1},"outputs":1}\n' : undefined);
}

describe('resume', () => {
  test('says so when nothing was interrupted', async () => {
    const { status, stdout, stderr } = await machine.run(['resume']);

    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toContain('No interrupted recordings.');
  });

  test('lists what was cut off, and how far it got', async () => {
    const id = await leaveUnfinished({ live: false });

    const { stdout } = await machine.run(['resume']);
    const { stdout: json } = await machine.run(['resume', '--json']);

    expect(stdout).toMatch(new RegExp(`^ID .*\\n${id}  rows.jsonl  numbers  cut off +0  \\d{4}-`));
    expect(JSON.parse(json)).toMatchObject({
      version: 1,
      recordings: [{ id, source: 'rows.jsonl', dataset: 'numbers', rows_done: 0 }],
    });
  });

  test.for([40, 60])('shows whole ids at %d columns: they are copied', async (columns) => {
    const id = await leaveUnfinished({ live: false });

    const { stdout } = await machine.run(['resume'], { terminal: { columns } });

    expect(stdout).toContain(`\n${id}  rows.jsonl`);
  });

  test('continues with a file', async () => {
    const id = await leaveUnfinished({ live: false });

    const { status, stderr } = await machine.run(['resume', id]);

    expect(status).toBe(0);
    expect(stderr).toContain('2 rows read = 2 recorded');
  });

  test('continues with what a stream gave, and then has nothing left', async () => {
    const id = await leaveUnfinished({ live: true });

    const { status, stderr } = await machine.run(['resume', id]);

    expect(status).toBe(0);
    expect(stderr).toContain('1 row read = 1 recorded');
    expect((await machine.run(['resume'])).stderr).toContain('No interrupted recordings.');
  });

  test('forgets what is to be discarded, after a yes', async () => {
    const id = await leaveUnfinished({ live: false });

    const unasked = await machine.run(['resume', '--discard', id]);
    const { status } = await machine.run(['resume', '--discard', id, '--yes']);

    expect(unasked).toMatchObject({ status: 2, stderr: expect.stringContaining('--yes') });
    expect(status).toBe(0);
    expect((await machine.run(['resume'])).stderr).toContain('No interrupted recordings.');
  });

  test('keeps it after a no, which is not a failure', async () => {
    const id = await leaveUnfinished({ live: false });
    const typist = new Typist(machine, ['resume', '--discard', id]);

    await typist.sees('Discard the recording of');
    typist.types(`n${KEYS.enter}`);

    expect(await typist.end).toBe(0);
    expect((await machine.run(['resume'])).stdout).toContain(id);
  });

  test('knows no other id', async () => {
    const { status, stderr } = await machine.run(['resume', 'nope']);

    expect(status).toBe(2);
    expect(stderr).toContain('no unfinished recording nope');
  });
});
