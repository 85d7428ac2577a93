import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { startFaultProxy } from '../support/fault-proxy.js';
import { openTestHome } from '../support/home.js';
import { Machine } from './command-line.js';

const KEY = 'lsv2_pt_0123456789abcdef-not-to-be-seen';
const ROWS = '{"inputs":{"n":1},"outputs":1}\n{"inputs":{"n":2},"outputs":2}\n{"inputs":3}\n';

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

/** Every file below a folder, as one text. */
function allFiles(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

test('the key is in no output, file or URL, whether a recording succeeds, is cut off, or is refused', async () => {
  const home = await openTestHome({ requireKey: KEY });
  const paths: string[] = [];
  let isCut = false;
  const proxy = await startFaultProxy(home.url, ({ path }) => {
    paths.push(path);
    return isCut && path.endsWith('/runs/multipart')
      ? { kind: 'reset', when: 'before' }
      : undefined;
  });
  onTestFinished(async () => {
    await proxy.close();
    await home.close();
  });
  const environment = { LANGSMITH_API_KEY: KEY, LANGSMITH_ENDPOINT: proxy.url };
  const files = { 'rows.jsonl': ROWS, 'more.jsonl': ROWS.replaceAll('"n":', '"m":') };
  const record = (file: string, ...more: string[]) =>
    machine.run(
      [
        'record',
        file,
        '-d',
        'd',
        '--on-invalid',
        'skip',
        '--verbose',
        '--retry-for',
        '1s',
        ...more,
      ],
      { files, environment },
    );

  const done = await record('rows.jsonl');
  isCut = true;
  const cut = await record('more.jsonl', '--json');
  const listed = await machine.run(['resume', '--json'], { environment });
  const refused = await machine.run(['datasets', 'list', '--verbose'], {
    environment: { ...environment, LANGSMITH_API_KEY: `${KEY}-of-old` },
  });

  expect([done.status, cut.status, refused.status]).toEqual([8, 5, 4]);
  expect(listed.stdout).toContain('more.jsonl');
  const seen = [done, cut, listed, refused].flatMap(({ stdout, stderr }) => [stdout, stderr]);
  for (const text of [...seen, ...paths, allFiles(machine.root)]) expect(text).not.toContain(KEY);
});
