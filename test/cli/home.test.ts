import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.js';
import { LsRecordError } from '../../src/errors.js';
import { Machine } from './command-line.js';

let machine: Machine;
let other: Server | undefined;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => {
  machine.remove();
  other?.close();
  other = undefined;
});

const files = { 'a.jsonl': '{"inputs":{"q":1},"outputs":{"a":1}}\n' };
const record = ['record', 'a.jsonl', '-d', 'capitals', '--local', '--quiet'];

/** Starts a command that stays, and waits for its answer. */
async function start(argv: readonly string[]) {
  const context = machine.context();
  const end = main(argv, context);
  for (let n = 0; n < 500 && !context.stdout.text.includes('\n'); n++) {
    await Promise.race([end, new Promise((resolve) => setTimeout(resolve, 10))]);
  }
  return {
    answer: context.stdout.text.trimEnd(),
    context,
    stop: () => {
      machine.stop.abort(new LsRecordError('STOPPED', 'stopped by SIGINT', { cause: 'SIGINT' }));
      return end;
    },
  };
}

function serverFile(): string {
  return join(machine.root, 'data', 'server.json');
}

async function occupyPort(answer: string): Promise<number> {
  const server = createServer((_, response) => response.end(answer));
  other = server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe('serve', () => {
  test('answers with its URL, and tells SDKs how to reach it', async () => {
    const served = await start(['serve']);

    expect(served.answer).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(served.context.stderr.text).toContain(`export LANGSMITH_ENDPOINT=${served.answer}`);
    expect(served.context.stderr.text).toContain('export LANGSMITH_API_KEY=');
    expect((await fetch(`${served.answer}/info`)).status).toBe(200);
    await served.stop();
  });

  test('ends well with Ctrl-C, and leaves no trace of running', async () => {
    const served = await start(['serve']);
    expect(existsSync(serverFile())).toBe(true);

    expect(await served.stop()).toBe(0);

    expect(existsSync(serverFile())).toBe(false);
    await expect(fetch(`${served.answer}/ok`)).rejects.toThrow();
  });

  test('is used by other commands while it runs', async () => {
    const served = await start(['serve']);

    const { status, stdout } = await machine.run(record, { files });

    expect(status).toBe(0);
    expect(stdout.startsWith(`${served.answer}/o/`)).toBe(true);
    expect((await fetch(stdout.trimEnd())).status).toBe(200);
    await served.stop();
  });

  test('is not started twice', async () => {
    const served = await start(['serve']);

    const { status, stderr } = await machine.run(['serve']);

    expect(status).toBe(5);
    expect(stderr).toContain(served.answer);
    await served.stop();
  });

  test('takes the port that is asked for, or says that it is taken', async () => {
    const port = await occupyPort('not home');

    const { status, stderr } = await machine.run(['serve', '--port', String(port)]);

    expect(status).toBe(5);
    expect(stderr).toContain(String(port));
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('passes over a port that is taken, when none is asked for', async () => {
    const port = await occupyPort('not home');
    mkdirSync(join(machine.root, 'data'));
    writeFileSync(join(machine.root, 'data', 'port.json'), JSON.stringify({ port }));

    const served = await start(['serve']);

    expect(Number(new URL(served.answer).port)).toBeGreaterThan(port);
    await served.stop();
  });
});

test('a server that is remembered but gone is not trusted', async () => {
  const port = await occupyPort('something else that says yes to all');
  mkdirSync(join(machine.root, 'data'));
  writeFileSync(serverFile(), JSON.stringify({ port, pid: process.pid }));

  const { status } = await machine.run(record, { files });

  expect(status).toBe(0);
});

describe('open', () => {
  test('serves the last recording of this machine until Ctrl-C', async () => {
    const { stdout: recorded } = await machine.run(record, { files });

    const opened = await start(['open']);

    expect(new URL(opened.answer).pathname).toBe(new URL(recorded).pathname);
    expect((await fetch(opened.answer)).status).toBe(200);
    expect(await opened.stop()).toBe(0);
  });

  test.for([['capitals'], ['first']])('finds %s by name', async ([name = '']) => {
    await machine.run([...record, '-e', 'first'], { files });

    const opened = await start(['open', name, '--local']);

    expect((await fetch(opened.answer)).status).toBe(200);
    await opened.stop();
  });

  test('comes back at once when home is served already', async () => {
    await machine.run(record, { files });
    const served = await start(['serve']);

    const { status, stdout } = await machine.run(['open']);

    expect(status).toBe(0);
    expect(stdout.startsWith(`${served.answer}/o/`)).toBe(true);
    await served.stop();
  });

  test.for([
    [['open'], 'nothing was recorded'],
    [['open', 'nope', '--local'], '"nope"'],
  ] as [string[], string][])('%j that finds nothing exits 2', async ([argv, words]) => {
    const { status, stderr } = await machine.run(argv);

    expect(status).toBe(2);
    expect(stderr).toContain(words);
  });

  test('shows a page of LangSmith without asking anyone', async () => {
    const url = 'https://smith.langchain.com/o/1/datasets/2';

    expect(await machine.run(['open', url])).toMatchObject({ status: 0, stdout: `${url}\n` });
  });
});

test('a folder that cannot be made is named, with the way out', async () => {
  writeFileSync(join(machine.root, 'data'), 'a file');

  const { status, stderr } = await machine.run(record, { files });

  expect(status).toBe(5);
  expect(stderr).toContain('LS_RECORD_HOME');
});
