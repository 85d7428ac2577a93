import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Machine } from './command-line.js';

let machine: Machine;
const servers: Server[] = [];
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => {
  machine.remove();
  for (const server of servers.splice(0)) server.close();
});

const ROW = '{"inputs":{"q":"France?"},"outputs":{"a":"Paris"}}\n';

async function serve(listener: RequestListener): Promise<Record<string, string>> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { LANGSMITH_API_KEY: 'lsv2_pt_secret', LANGSMITH_ENDPOINT: `http://127.0.0.1:${port}` };
}

describe('a command line that is misused', () => {
  test.for([
    [['recrod'], "unknown command 'recrod'", 'Did you mean record?'],
    [['datasets', 'lst'], "unknown command 'lst'", 'Did you mean list?'],
    [['record', '--datset', 'x'], "unknown option '--datset'", 'Did you mean --dataset?'],
    [['record', '--dataset'], 'argument missing', 'ls-record record --help'],
    [
      ['record', 'a.jsonl', '-d', 'x', '--identity', 'luck'],
      'Allowed choices are content, inputs, id',
      'ls-record record --help',
    ],
    [
      ['record', 'a.jsonl', '-d', 'x', '--metadata', '=gpt-5'],
      'key=value',
      'ls-record record --help',
    ],
    [
      ['record', 'a.jsonl', '-d', 'x', '--append', '--new', '-e', 'y'],
      'cannot be combined',
      '--append adds',
    ],
    [['record', 'a.jsonl', '-d', 'x', '--append'], '--append needs an experiment', '--experiment'],
    [['record', '-', '-', '-d', 'x'], 'only once', '-'],
    [['record', 'a.jsonl', '-d', ' '], '--dataset is empty', 'Give it a name'],
    [['record', 'a.jsonl', '-d', 'x', '-e', ' '], '--experiment is empty', 'Give it a name'],
    [['record', 'a.jsonl', '-d', 'x', '-e', ''], '-e is empty', 'Give it a value'],
    [['record', 'a.jsonl', '-d', 'x', '--only='], '--only is empty', 'Give it a value'],
    [['datasets', 'export', 'x', '--output', ''], '--output is empty', 'Give it a value'],
    [
      ['record', 'a.jsonl', '--dataset', '--local'],
      '--dataset has no value: --local follows it',
      'If that is its value: --dataset=--local',
    ],
    [['record', 'a.jsonl', '--dataset', '--help'], '--dataset has no value', 'Give it one'],
    [
      ['record', 'a.jsonl', '-d', 'x', '--run-type', 'luck'],
      'Allowed choices are tool, chain, llm',
      'ls-record record --help',
    ],
    [['record', 'a.jsonl'], 'no dataset given', '--dataset'],
    [
      ['record', 'a.jsonl', '-d', 'x', '--local', '--endpoint', 'https://x.example'],
      '--local selects this machine',
      'Use only one',
    ],
    [['experiments', 'list'], 'no dataset given', 'ls-record experiments list DATASET'],
    [
      ['datasets', 'list', '--limit', '0'],
      'whole number, 1 or more',
      'ls-record datasets list --help',
    ],
    [['serve', '--port', '70000'], 'number from 1 to 65535', 'ls-record serve --help'],
    [['serve', '--port', '0x10'], 'number from 1 to 65535', 'ls-record serve --help'],
    [
      ['datasets', 'list', '--limit', '1e3'],
      'whole number, 1 or more',
      'ls-record datasets list --help',
    ],
    [['datasets'], 'needs a command', 'ls-record datasets --help'],
  ] as [string[], string, string][])(
    '%j exits 2 and says what is wrong, and what to do',
    async ([argv, wrong, todo]) => {
      const { status, stdout, stderr } = await machine.run(argv);

      expect(status).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toContain('error: ');
      expect(stderr).toContain(wrong);
      expect(stderr).toContain(todo);
    },
  );

  test.for([
    [['recrod', '--json']],
    [['record', '--datset', 'x', '--json']],
    [['record', 'a.jsonl', '--json']],
    [['experiments', 'list', '--json']],
    [['datasets', 'list', '--json', '--limit', 'x']],
  ])('%j answers with one JSON object all the same', async ([argv]) => {
    const { status, stdout } = await machine.run(argv ?? []);

    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      error: { code: 'USAGE', message: expect.any(String), hint: expect.any(String) },
    });
  });

  test('a line of a log above JSON Lines is what is wrong, not the rows below it', async () => {
    machine.write('work/a.jsonl', 'INFO start\n{"inputs":{"n":1},"outputs":2}\n');

    const { status, stderr } = await machine.run(['record', 'a.jsonl', '-d', 'x', '--local']);

    expect(status).toBe(3);
    expect(stderr).toContain('a.jsonl:1:1: expected a value');
    expect(stderr).not.toContain('a.jsonl:2');
  });

  test('a value that looks like an option is one where it is attached, or comes after --', async () => {
    const argv = ['experiments', 'list', '--local', '--search=--local', '--', '--limit'];

    const { stderr } = await machine.run(argv);

    expect(stderr).toContain('no dataset "--limit"');
  });

  test.for([['--env-file', 'more.env'], ['--env-file=more.env'], ['--env-file']])(
    '%j is rejected with a hint at --dotenv',
    async (flag) => {
      const { status, stderr } = await machine.run(['record', '-d', 'x', ...flag]);

      expect(status).toBe(2);
      expect(stderr).toContain('Use --dotenv FILE.');
    },
  );

  test.for([['--api-key', 'lsv2_pt_secret'], ['--api-key=lsv2_pt_secret'], ['--api-key']])(
    '%j says why a key is not typed, and does not repeat it',
    async (flag) => {
      const { status, stdout, stderr } = await machine.run([
        'record',
        '-d',
        'x',
        '--json',
        ...flag,
      ]);

      expect(status).toBe(2);
      expect(stderr).toContain('process list');
      expect(stderr).toContain('LANGSMITH_API_KEY');
      expect(stdout + stderr).not.toContain('secret');
    },
  );

  test('on a terminal, with neither a file nor a pipe, shows an example', async () => {
    const { status, stderr } = await machine.run(['record', '-d', 'x'], {
      terminal: { columns: 80 },
    });

    expect(status).toBe(2);
    expect(stderr).toContain('ls-record record results.jsonl --dataset capitals');
  });
});

describe('help', () => {
  test.for([['record'], ['datasets', 'list'], ['experiments', 'list'], ['open'], ['serve']])(
    'of %j goes to stdout, groups the options and has examples',
    async (command) => {
      const { status, stdout, stderr } = await machine.run([...command, '--help']);

      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toContain('Destination:');
      expect(stdout).toContain(`Examples:\n  $ ls-record ${command.join(' ')}`);
      expect(stdout).not.toContain('--api-key');
    },
  );
});

describe('a server that is not as it should be', () => {
  const record = ['record', 'a.jsonl', '-d', 'x'];

  test('and cannot be reached exits 5', async () => {
    const environment = await serve(() => {});
    for (const server of servers.splice(0)) server.close();
    const files = { 'a.jsonl': ROW };

    const { status, stdout, stderr } = await machine.run([...record, '--json'], {
      environment,
      files,
    });

    expect(status).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, error: { code: 'API_UNREACHABLE' } });
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('and refuses the key exits 4, and the key is not shown', async () => {
    const environment = await serve((_, response) => {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end('{"detail":"Invalid token"}');
    });

    const { status, stdout, stderr } = await machine.run([...record, '--verbose'], {
      environment,
      files: { 'a.jsonl': ROW },
    });

    expect(status).toBe(4);
    expect(stderr).toContain('Invalid token');
    expect(stderr).toContain('LANGSMITH_API_KEY in the environment');
    expect(stdout + stderr).not.toContain('secret');
  });

  test('and answers with a web page exits 5 and doubts the endpoint', async () => {
    const environment = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>Welcome</html>');
    });

    const { status, stderr } = await machine.run(record, {
      environment,
      files: { 'a.jsonl': ROW },
    });

    expect(status).toBe(5);
    expect(stderr).toContain('is not a LangSmith API');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('and puts control characters into its words cannot reach the terminal with them', async () => {
    const environment = await serve((_, response) => {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ detail: '\u001b[2Jgone\u202e\rerror: none' }));
    });

    const { stderr } = await machine.run(['datasets', 'list'], { environment });

    expect(stderr).toContain('gone error: none');
    expect(stderr).not.toMatch(/\p{Bidi_Control}|[^\n\P{Cc}]/u);
  });
});

test('without a key and without a person, recording exits 4 and names --local', async () => {
  const { status, stderr } = await machine.run(['record', 'a.jsonl', '-d', 'x'], {
    files: { 'a.jsonl': ROW },
  });

  expect(status).toBe(4);
  expect(stderr).toContain('--local');
});

test('a bug exits 1, shows where it is, and asks to report it', async () => {
  const context = machine.context();
  Object.defineProperty(context, 'workingFolder', {
    get: () => {
      throw new TypeError('something nobody thought of');
    },
  });
  const { main } = await import('../../src/cli/main.js');

  const status = await main(['datasets', 'list'], context);

  expect(status).toBe(1);
  expect(context.stderr.text).toContain('something nobody thought of');
  expect(context.stderr.text).toMatch(/^\s+at /m);
  expect(context.stderr.text).toContain('please report it');
});
