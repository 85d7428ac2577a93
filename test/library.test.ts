import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { build, ended, startNode } from './cli/built.js';
import { test } from './support/home.js';

const checkout = join(import.meta.dirname, '..');
const root = mkdtempSync(join(tmpdir(), 'ls-record-library-'));
const examples = join(root, 'examples');
const text = readFileSync(join(checkout, 'docs/library.md'), 'utf8');
const blocks = [...text.matchAll(/^## (.+)$|^```ts\n([\s\S]*?)^```$/gm)];

/** What each example prints, by the heading that it stands below. */
const PRINTED: Record<string, RegExp[]> = {
  'Record what your program has in hand': [/^2 recorded\n$/, /^2\n$/],
  'Record files': [/^small capitals-small-\w+ 1\nlarge capitals-large-\w+ 1\n$/],
  'Look before you record': [
    /^2 1 .*outputs.*\n\[ \{ key: 'f1', n: 1, mean: 0.5, missing: 0 \} \]\nfalse\n$/,
    /^true 1\n0\n$/,
  ],
  Score: [/^1 1\n$/, /^1 0\n$/, /^2 0.5\n2 0\n$/],
  'Record on this machine': [/^recorded true\n$/],
  'When it fails': [/^API_UNREACHABLE .+\n$/],
};

interface Example {
  readonly name: string;
  readonly file: string;
  readonly printed: RegExp;
}

function readExamples(): Example[] {
  const found: Example[] = [];
  let heading = '';
  for (const [, title, code] of blocks) {
    heading = title ?? heading;
    if (code === undefined) continue;
    const index = found.filter(({ name }) => name.startsWith(heading)).length;
    const file = `${found.length}.ts`;
    writeFileSync(join(examples, file), code);
    const printed = PRINTED[heading]?.[index] ?? /nothing was expected of this example/;
    found.push({ name: `${heading}, ${index + 1}`, file, printed });
  }
  return found;
}

/** A program that passes on what it may not have, where its compiler tells undefined from absent. */
const UNDEFINED_OPTIONS = `
import type { LangSmithOptions, PrepareOptions, ReadOptions, RecordOptions } from 'ls-record';

type Unset<T> = { [K in keyof T]: object extends Pick<T, K> ? T[K] | undefined : T[K] };

export const read = (options: Unset<ReadOptions>): ReadOptions => options;
export const prepare = (options: Unset<PrepareOptions>): PrepareOptions => options;
export const record = (options: Unset<RecordOptions>): RecordOptions => options;
export const client = (options: Unset<LangSmithOptions>): LangSmithOptions => options;
`;

mkdirSync(examples);
const found = readExamples();
writeFileSync(join(examples, 'undefined-options.ts'), UNDEFINED_OPTIONS);
let errors = '';
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** As a program does that has installed the package. */
beforeAll(async () => {
  build(root);
  const options = {
    target: 'ES2022',
    lib: ['ES2023'],
    module: 'NodeNext',
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
  };
  writeFileSync(
    join(root, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, include: ['examples'] }),
  );
  const compiler = join(checkout, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [compiler, '-p', root]).catch(({ stdout }) => {
    errors = stdout;
  });
}, 120_000);

describe('docs/library.md: the example of', () => {
  test.for(found.map(({ name, file, printed }) => [name, file, printed] as const))(
    '%s compiles and prints what it should',
    async ([, file, printed], { home }) => {
      const child = startNode(
        [join(examples, file.replace('.ts', '.js'))],
        {
          LANGSMITH_ENDPOINT: home.url,
        },
        examples,
      );
      const { status, stdout, stderr } = await ended(child);

      expect(errors).not.toContain(`${file}(`);
      expect({ status, stdout, stderr }).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(printed),
      });
    },
  );
});

test('an option may be undefined, with exactOptionalPropertyTypes too', () => {
  expect(errors).not.toContain('undefined-options.ts');
});

test('a bundle of resultSchema alone has nothing of the client, the server or the command line in it', async () => {
  const entry = join(root, 'entry.js');
  writeFileSync(entry, "import { resultSchema } from 'ls-record'; console.log(resultSchema);");
  // The bundler that vitest brings along.
  const { rolldown } = await import(createRequire(import.meta.url).resolve('rolldown'));
  const external = (id: string) => !/^[./]/.test(id) && id !== 'ls-record';

  const bundle = await rolldown({ input: entry, platform: 'node', external });
  const { output } = await bundle.generate({ format: 'esm' });

  expect(output).toMatchObject([{ imports: ['zod'], dynamicImports: [] }]);
});
