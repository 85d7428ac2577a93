import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startOf } from '../../src/cli/home/processes.js';
import { main } from '../../src/cli/main.js';
import { LsRecordError } from '../../src/errors.js';
import { ask, visit } from '../support/visit.js';
import { Machine, type Setup } from './command-line.js';
import { KEYS, Typist } from './typist.js';

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

/** Starts a command that stays, in front of a person, and waits for its answer. */
async function start(argv: readonly string[], setup: Setup = {}) {
  const context = machine.context({ terminal: { columns: 80 }, ...setup });
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

async function occupyPort(answer: string, onRequest = (_: string) => {}): Promise<number> {
  const server = createServer((request, response) => {
    onRequest(`${request.method} ${request.url}`);
    response.setHeader('ls-record-home', '1').end(answer);
  });
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

  test('shows what other commands record while it runs, to who has its key', async () => {
    const served = await start(['serve']);
    const key = /LANGSMITH_API_KEY=(lsr_home_\S+)/.exec(served.context.stderr.text)?.[1] ?? '';

    const { status, stdout } = await machine.run(record, { files });

    expect(status).toBe(0);
    expect(stdout.startsWith(`${served.answer}/o/`)).toBe(true);
    const page = stdout.trimEnd();
    expect((await fetch(page, { headers: { 'x-api-key': key } })).status).toBe(200);
    expect(await (await fetch(page)).text()).toContain(`ls-record open &#39;${page}&#39;`);
    await served.stop();
  });

  test('is sent no row by other commands: they open home themselves', async () => {
    const asked: string[] = [];
    const port = await occupyPort('ok', (request) => asked.push(request));
    mkdirSync(join(machine.root, 'data'));
    writeFileSync(
      serverFile(),
      JSON.stringify({ port, pid: process.pid, start: startOf(process.pid) }),
    );
    writeFileSync(join(machine.root, 'data', 'port.json'), JSON.stringify({ port }));

    expect((await machine.run(record, { files })).status).toBe(0);

    expect(asked).toEqual([]);
    const { stdout } = await machine.run([
      'experiments',
      'list',
      '-d',
      'capitals',
      '--local',
      '--json',
    ]);
    expect(JSON.parse(stdout).experiments).toMatchObject([{ runs: 1 }]);
  });

  test('is not started twice, but says where it runs', async () => {
    const served = await start(['serve']);

    const again = await machine.run(['serve', '--json']);

    expect(again.status).toBe(0);
    const { port } = new URL(served.answer);
    expect(JSON.parse(again.stdout)).toMatchObject({
      home: { url: served.answer, port: Number(port), folder: join(machine.root, 'data') },
    });
    expect(again.stderr).toContain(`kill ${process.pid}`);
    expect((await machine.run(['serve', '--port', port])).status).toBe(0);
    await served.stop();
  });

  test('cannot move to another port while it runs', async () => {
    const served = await start(['serve']);

    const { status, stderr } = await machine.run(['serve', '--port', '1']);

    expect(status).toBe(5);
    expect(stderr).toContain(served.answer);
    expect(stderr).toContain(`kill ${process.pid}`);
    await served.stop();
  });

  test('says with a word that it has ended', async () => {
    const served = await start(['serve']);
    await served.stop();

    expect(served.context.stderr.text).toContain('Stopped. Your recordings are kept.');
  });

  test('can be started while something is recorded', async () => {
    const context = machine.context({ stdinStaysOpen: true });
    const stdin = context.stdin as PassThrough;
    const recording = main(['record', '-d', 'live', '-e', 'live', '--local'], context);
    stdin.write('{"inputs":{"q":1},"outputs":{"a":1}}\n');
    const served = await start(['serve']);
    stdin.end('{"inputs":{"q":2},"outputs":{"a":2}}\n');

    expect(await recording).toBe(0);

    const { stdout } = await machine.run([
      'experiments',
      'list',
      '-d',
      'live',
      '--local',
      '--json',
    ]);
    expect(JSON.parse(stdout).experiments).toMatchObject([{ name: 'live', runs: 2 }]);
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

test('a process that has the number of a server by now is not mistaken for it', async () => {
  const asked: string[] = [];
  const port = await occupyPort('ok', (request) => asked.push(request));
  await machine.run(record, { files });
  writeFileSync(serverFile(), JSON.stringify({ port, pid: process.pid, start: 'another time' }));

  const { status, stdout } = await machine.run(['open']);

  expect(status).toBe(0);
  expect(stdout).not.toContain('code=');
  expect(asked).toEqual([]);
});

/** An experiment of three rows. @returns the example of `case-17`. */
async function recordRows(): Promise<string> {
  const rows = ['case-17', 'twice', 'twice'].map((id) =>
    JSON.stringify({ id, inputs: { id }, outputs: 1, error: 'Boom', metadata: { row_id: id } }),
  );
  await machine.run([...record, '-e', 'first'], { files: { 'a.jsonl': rows.join('\n') } });
  const { stdout } = await machine.run(['experiments', 'show', 'first', '--local', '--json']);
  const { failed } = JSON.parse(stdout).experiment;
  return failed.find((row: { row_id: string }) => row.row_id === 'case-17').example_id;
}

describe('open', () => {
  test('serves the last recording of this machine until Ctrl-C', async () => {
    const { stdout: recorded } = await machine.run(record, { files });

    const opened = await start(['open']);

    expect(new URL(opened.answer).pathname).toBe(new URL(recorded).pathname);
    expect((await visit(opened.answer)).status).toBe(200);
    expect(await opened.stop()).toBe(0);
  });

  test.for([['capitals'], ['first']])('finds %s by name', async ([name = '']) => {
    await machine.run([...record, '-e', 'first'], { files });

    const opened = await start(['open', name, '--local']);

    expect((await visit(opened.answer)).status).toBe(200);
    await opened.stop();
  });

  test('comes back at once when home is served already', async () => {
    await machine.run(record, { files });
    const served = await start(['serve']);

    const { status, stdout } = await machine.run(['open']);

    expect(status).toBe(0);
    const { hostname, port, pathname } = new URL(stdout);
    expect(hostname).toMatch(/^[0-9a-f]{8}\.localhost$/);
    expect(port).toBe(new URL(served.answer).port);
    expect(pathname).toMatch(/^\/o\//);
    await served.stop();
  });

  test('lets a browser in once, and then by its session', async () => {
    await machine.run(record, { files });
    const { answer, context, stop } = await start(['open']);

    const first = await visit(answer);
    const again = await ask(answer);
    const known = await ask(answer, { cookie: first.cookie ?? '' });

    expect(first).toMatchObject({ status: 200, text: expect.stringContaining('capitals') });
    expect(again).toMatchObject({ status: 401, text: expect.stringContaining('ls-record open') });
    expect(known.status).toBe(303);
    expect(context.stderr.text).toContain('once');
    await stop();
  });

  test.for([
    ['--plain', ['--plain'], 'linux'],
    ['where names below localhost are not known to work', [], 'darwin'],
  ] as [string, string[], NodeJS.Platform][])(
    'uses the address of this machine %s',
    async ([, flags, platform]) => {
      await machine.run(record, { files });

      const opened = await start(['open', ...flags], { platform, terminal: { columns: 80 } });

      expect(new URL(opened.answer).hostname).toBe('127.0.0.1');
      expect((await visit(opened.answer)).status).toBe(200);
      expect(opened.context.stderr.text).not.toContain('--plain');
      await opened.stop();
    },
  );

  test('says what to type where the name of the page is not found', async () => {
    await machine.run(record, { files });

    const opened = await start(['open']);

    expect(opened.context.stderr.text).toContain(
      'If the page does not load: ls-record open --plain',
    );
    await opened.stop();
  });

  test('--row finds the run of a row by its own id, or by that of its example', async () => {
    const example = await recordRows();

    const byRow = await machine.run(['open', 'first', '--row', 'case-17', '--local']);
    const byExample = await machine.run(['open', 'first', '--row', example, '--local']);

    expect(byRow.stdout).toMatch(/\/projects\/p\/[0-9a-f-]{36}\/r\/[0-9a-f-]{36}\n$/);
    expect(byExample.stdout).toBe(byRow.stdout);
  });

  test.for([
    [['first', '--row', 'case-18'], '"first" has no row "case-18"'],
    [['first', '--row', '00000000-0000-4000-8000-000000000000'], 'has no row'],
    [['first', '--row', 'twice'], '"first" has 2 runs of row "twice"'],
    [['capitals', '--row', 'case-17'], 'no experiment "capitals"'],
    [['--row', 'case-17'], 'no terminal to choose one'],
  ] as [string[], string][])('%j that is not one row exits 2', async ([argv, words]) => {
    await recordRows();

    const { status, stderr } = await machine.run(['open', ...argv, '--local']);

    expect(status).toBe(2);
    expect(stderr).toContain(words);
  });

  test('lets a person choose if nothing was recorded yet', async () => {
    await machine.run([...record, '-e', 'first'], { files });
    rmSync(join(machine.root, 'data', 'last-recording.json'));

    const typist = new Typist(machine, ['open', '--local']);
    await typist.sees('❯ first');
    typist.types(KEYS.enter);
    await typist.sees('until Ctrl-C');

    expect(typist.answer).toContain('/compare?selectedSessions=');
    machine.stop.abort(new LsRecordError('STOPPED', 'stopped by SIGINT', { cause: 'SIGINT' }));
    expect(await typist.end).toBe(0);
  });

  test('--pick lets a person choose another than the last', async () => {
    await machine.run([...record, '-e', 'first', '--new'], { files });
    await machine.run([...record, '-e', 'second', '--new'], { files });
    const served = await start(['serve']);

    const typist = new Typist(machine, ['open', '--pick', '--local']);
    // Both may have started within one second of the server's clock: either can be the upper one.
    await typist.sees('Enter to select');
    expect(typist.screen).toMatch(/second +1 run, \d{4}-\d\d-\d\d \d\d:\d\d/);
    typist.types('first');
    await typist.sees('❯ first');
    typist.types(KEYS.enter);

    expect(await typist.end).toBe(0);
    const { stdout } = await machine.run(['open', 'first', '--local']);
    expect(new URL(typist.answer).pathname).toBe(new URL(stdout).pathname);
    await served.stop();
  });

  test.for([
    ['--print', ['--print'], { terminal: { columns: 80 } }],
    ['a script', [], {}],
    ['CI', [], { terminal: { columns: 80 }, environment: { CI: 'true' } }],
  ] as [string, string[], Setup][])(
    'gives %s the address at once, and says how to have it answered',
    async ([, flags, setup]) => {
      const { stdout: recorded } = await machine.run(record, { files });

      const { status, stdout, stderr } = await machine.run(['open', ...flags], setup);

      expect(status).toBe(0);
      expect(stdout).toBe(recorded);
      expect(stderr).toContain('ls-record serve');
      expect(existsSync(serverFile())).toBe(false);
    },
  );

  test('explains how to see it over ssh', async () => {
    await machine.run(record, { files });

    const opened = await start(['open'], {
      environment: { DISPLAY: ':0', SSH_CONNECTION: '10.0.0.1 51000 10.0.0.2 22' },
      terminal: { columns: 80 },
    });
    await opened.stop();

    const { port } = new URL(opened.answer);
    expect(opened.context.stderr.text).toContain(`ssh -L ${port}:127.0.0.1:${port} 10.0.0.2`);
  });

  test('finds a page of home that has moved to another port', async () => {
    const { stdout } = await machine.run(record, { files });
    const served = await start(['serve']);
    const old = new URL(stdout);
    old.port = '1';

    const opened = await machine.run(['open', old.href]);

    expect((await visit(opened.stdout.trimEnd())).status).toBe(200);
    await served.stop();
  });

  test('leaves a page of another server on this machine where it is', async () => {
    await machine.run(record, { files });
    const url =
      'http://localhost:1980/o/1/datasets/00000000-0000-4000-8000-000000000000/compare?selectedSessions=';

    expect(await machine.run(['open', url])).toMatchObject({ status: 0, stdout: `${url}\n` });
  });

  test.for([
    [['open'], 'nothing recorded yet'],
    [['open', 'nope', '--local'], '"nope"'],
    [['open', '--pick', '--local'], 'no terminal to choose one'],
    [['open', 'nope', '--pick', '--local'], '--pick'],
    [['open', 'http://%%'], 'is not a URL'],
  ] as [string[], string][])('%j that leads nowhere exits 2', async ([argv, words]) => {
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

test
  .skipIf(!existsSync('/proc/self'))
  .for([
    [['serve']],
    [['datasets', 'list', '--local']],
    [['record', 'a.jsonl', '-d', 'capitals', '--local']],
    [['record', '-', '-d', 'capitals', '--local']],
  ] as [string[]][])('%j in a place where nothing can be made fails at once', async ([argv]) => {
  const { status, stderr } = await machine.run(argv, {
    files,
    stdin: files['a.jsonl'],
    environment: { LS_RECORD_HOME: '/proc/self/ls-record' },
  });

  expect(status).toBe(5);
  expect(stderr).toContain('/proc/self/ls-record');
  expect(stderr).toContain('LS_RECORD_HOME');
  expect(stderr).not.toMatch(/^\s+at /m);
});
