import { copyFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FORMATS } from '../../src/results/formats/all.js';
import { build } from '../cli/built.js';
import { type Command, identitiesOf, type Modules, modulesIn } from '../support/identities.js';

const checkout = join(import.meta.dirname, '../..');
const fixtures = join(checkout, 'fixtures');
const at = (name: string) => join(fixtures, name);

const QUICKSTART = { files: [at('quickstart.jsonl')] };
const PROMPTFOO = at('formats/promptfoo.json');
const RAG = { files: [at('columns/rag.csv')] };

/** What else ids depend on, or do not. */
const COMMANDS: Readonly<Record<string, Command>> = {
  'native rows': QUICKSTART,
  '--experiment NAME': { ...QUICKSTART, options: { experiment: 'nightly' } },
  '--identity content': { ...QUICKSTART, options: { identity: 'content' } },
  '--identity inputs': { ...QUICKSTART, options: { identity: 'inputs' } },
  '--run-name': { ...QUICKSTART, options: { runName: 'answer' } },
  '--run-type': { ...QUICKSTART, options: { runType: 'chain' } },
  '--keep-times': { ...QUICKSTART, options: { keepTimes: true } },
  '--shard': { ...QUICKSTART, options: { shard: '1' } },
  'two files as one': { files: [at('quickstart.jsonl'), at('columns/rag.csv')] },
  'the same file twice, with --each': {
    files: [at('quickstart.jsonl'), at('quickstart.jsonl')],
    options: { each: true },
  },
  columns: RAG,
  'columns, --ignore': { ...RAG, reading: { ignore: ['contexts'] } },
  'columns, --map': { ...RAG, reading: { map: ['outputs.text=answer'] } },
  '--rows': {
    files: [at('columns/systems.json')],
    reading: { rows: 'runs.*.results' },
  },
  'columns, --systems': {
    files: [at('columns/side-by-side.csv')],
    reading: { systems: ['tuned', 'base'] },
  },
  'without --join': { files: [at('formats/openai-batch.jsonl')] },
  'with --join': {
    files: [at('formats/openai-batch.jsonl')],
    join: at('formats/openai-batch-requests.jsonl'),
  },
};

const FILES = ['formats', 'columns'].flatMap((folder) =>
  readdirSync(at(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort(),
);

async function allIdentities(modules: Modules) {
  const all: Record<string, unknown> = {};
  for (const file of FILES) all[relative(fixtures, file)] = await tell({ files: [file] }, modules);
  for (const [what, command] of Object.entries(COMMANDS)) all[what] = await tell(command, modules);
  return all;
}

/** A file that only tells more of another, such as a list of requests, has none. */
async function tell(command: Command, modules: Modules) {
  try {
    return await identitiesOf(command, modules);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'INPUT_INVALID')
      return undefined;
    throw error;
  }
}

const VECTORS = 'identity.vectors.json';
const own = () => modulesIn(join(checkout, 'src'), '.ts');

/**
 * Whoever records the same files again must find what is there. If these ids have to change, raise READING_VERSION or
 * IDENTITY_VERSION, say so in the changelog, and write the vectors again:
 * `npx vitest run test/recorder/identity.test.ts -u`
 */
test('the same files and options give the same ids as ever', async () => {
  const all = await allIdentities(await own());

  await expect(`${JSON.stringify(all, null, 2)}\n`).toMatchFileSnapshot(VECTORS);
}, 60_000);

test('there is a vector for each format', () => {
  const vectors = readFileSync(join(import.meta.dirname, VECTORS), 'utf8');

  const missing = FORMATS.filter(({ name }) => !vectors.includes(`"format": "${name}"`));

  expect(missing.map(({ name }) => name)).toEqual([]);
});

describe('an experiment is the same', () => {
  const firstOf = async (command: Command) => {
    const { experiments } = await identitiesOf(command, await own());
    return Object.values(experiments)[0];
  };

  test('whether its options are left out or are the default', async () => {
    const options = { identity: 'content', keepTimes: false, each: false } as const;

    expect(await firstOf({ ...QUICKSTART, options })).toEqual(await firstOf(QUICKSTART));
  });

  test('for all that record shards of it, whose runs are their own', async () => {
    const whole = await firstOf(QUICKSTART);
    const shard = await firstOf({ ...QUICKSTART, options: { shard: '1' } });

    expect(shard?.experiment).toBe(whole?.experiment);
    expect(shard?.firstRun).not.toBe(whole?.firstRun);
  });

  test('whether or not others of its file are recorded with it', async () => {
    const { experiments } = await identitiesOf({ files: [PROMPTFOO] }, await own());
    const [label = '', first] = Object.entries(experiments)[0] ?? [];

    expect(await firstOf({ files: [PROMPTFOO], options: { only: [label] } })).toEqual(first);
  });

  test('wherever its file is', async () => {
    const moved = join(mkdtempSync(join(tmpdir(), 'ls-record-moved-')), 'quickstart.jsonl');
    copyFileSync(at('quickstart.jsonl'), moved);

    expect(await firstOf({ files: [moved] })).toEqual(await firstOf(QUICKSTART));
  });

  test('only as long as each column goes where it went', async () => {
    const guessed = await firstOf(RAG);
    const told = await firstOf({ ...RAG, reading: { map: ['outputs.text=answer'] } });

    expect(told?.experiment).not.toBe(guessed?.experiment);
  });
});

/** What people read: sentences, which begin small here; what has an arrow; and what has such a name. */
const SENTENCE = /^\W*[a-z]+\W? [a-z(]|→/;
/** What records call their members is read, not said. */
const LIST_OF_NAMES = /^[^,.:;]*_[^,.:;]*$/;
const NAMES = new Set([
  'title',
  'why',
  'hint',
  'message',
  'described',
  'meaning',
  'instead',
  'what',
]);

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly value?: unknown;
  readonly key?: Node & { readonly name?: string };
}

/** A program in which all that is said is said in other words. */
function reword(code: string, parse: (code: string) => Node): string {
  const texts: Node[] = [];
  const visit = (value: unknown, name: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const { type, start, end, value: literal, key } = value as Node;
    const isText =
      type === 'TemplateElement' || (type === 'Literal' && typeof literal === 'string');
    const said = code.slice(start, end);
    const isSaid =
      isText && (NAMES.has(name) || (SENTENCE.test(said) && !LIST_OF_NAMES.test(said)));
    if (isSaid) texts.push(value as Node);
    if (type === 'Property') visit(literal, key?.name ?? name);
    else for (const child of Object.values(value)) visit(child, name);
  };
  visit(parse(code), '');
  let reworded = code;
  for (const { start, end } of texts.sort((a, b) => b.start - a.start)) {
    const text = code
      .slice(start, end)
      .replace(/(?<![\\\w])[a-z]{2,}/gi, '$&x')
      .replaceAll('→', '⇒');
    reworded = reworded.slice(0, start) + text + reworded.slice(end);
  }
  return reworded;
}

test('no id depends on a word that people read', async () => {
  const root = mkdtempSync(join(tmpdir(), 'ls-record-reworded-'));
  build(root);
  const { parseAst } = await import(createRequire(import.meta.url).resolve('rolldown/parseAst'));
  const dist = join(root, 'dist');
  let changed = 0;
  for (const folder of ['results', 'prepare', 'recorder', 'input']) {
    for (const name of readdirSync(join(dist, folder), { recursive: true, encoding: 'utf8' })) {
      // What columns are called in files is read, not said.
      if (
        !name.endsWith('.js') ||
        /named-columns.(roles|names|score-names|grammar)\.js$/.test(name)
      )
        continue;
      const path = join(dist, folder, name);
      const code = readFileSync(path, 'utf8');
      const reworded = reword(code, parseAst);
      if (reworded !== code) changed++;
      writeFileSync(path, reworded);
    }
  }

  const modules = await modulesIn(dist);
  const all = await allIdentities(modules);

  const titles = modules.FORMATS.map(({ title }) => title);
  expect(titles).not.toEqual(FORMATS.map(({ title }) => title));
  expect(changed).toBeGreaterThan(50);
  expect(all).toEqual(await allIdentities(await own()));
}, 120_000);
