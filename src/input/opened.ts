import { LsRecordError } from '../errors.js';
import type { Contents, NamedContents } from './contents.js';
import type { OpenedSource, Row, RowsOptions } from './row.js';
import { checkColumns } from './table.js';

/** What to do about a file without any row. */
export const ASK_IF_WRITTEN = 'Did the evaluation write its results?';

/** Makes a source of what was opened. What it begins with is looked at once, however often it is asked for. */
export function makeSource(
  facts: Pick<OpenedSource, 'name' | 'live' | 'bytes' | 'digest'> &
    Partial<Pick<OpenedSource, 'companions' | 'reading'>>,
  contents: Contents,
): OpenedSource {
  const file = facts.name === '-' ? 'stdin' : facts.name;
  let sampled: ReturnType<Contents['sample']> | undefined;
  const sample = () => {
    sampled ??= contents.sample();
    return sampled;
  };
  return {
    companions: async () => [],
    ...facts,
    kind: contents.kind,
    sample: async () => ({ ...(await sample()), name: facts.name }),
    header: contents.header,
    records: (of, options = {}) => contents.records(of, options),
    async *rows(options = {}) {
      if (contents.kind === 'table') checkColumns((await sample()).columns, file);
      yield* contents.records({}, options);
    },
  };
}

type Facts = Parameters<typeof makeSource>[0];

/**
 * Makes a source of a file that can hold several tables.
 *
 * @param wanted the name of the one that is meant.
 * @throws {LsRecordError} `INPUT_INVALID` if there is none, `USAGE` if none has that name.
 */
export function makeSourceOfTables(
  facts: Facts,
  tables: readonly NamedContents[],
  wanted: string | undefined,
): OpenedSource {
  const sources = new Map<string, OpenedSource>();
  for (const { name, contents } of tables) {
    const reading = { ...facts.reading, sheet: name };
    sources.set(name, makeSource({ ...facts, reading }, contents));
  }
  const names = [...sources.keys()];
  const [first] = sources.values();
  if (!first) {
    throw new LsRecordError('INPUT_INVALID', `${facts.name} contains no table`, {
      hint: ASK_IF_WRITTEN,
    });
  }
  if (wanted === undefined)
    return sources.size === 1
      ? first
      : { ...first, tables: sources, rows: () => refuse(facts.name, names) };
  const name = names.find((one) => one === wanted) ?? names.find((one) => isAlike(one, wanted));
  const found = name === undefined ? undefined : sources.get(name);
  if (found) return found;
  throw new LsRecordError('USAGE', `no sheet ${JSON.stringify(wanted)} in ${facts.name}`, {
    hint: `It has ${listSheets(names)}.`,
  });
}

/** Nobody who reads rows as they are has chosen a table. */
function refuse(file: string, names: readonly string[]): never {
  throw new LsRecordError('USAGE', `${file} contains several tables: ${listSheets(names)}`, {
    hint: `Choose one as if the file were a folder: ${file}/${names[0] ?? ''}`,
  });
}

function listSheets(names: readonly string[]): string {
  return names.map((one) => JSON.stringify(one)).join(', ');
}

function isAlike(name: string, wanted: string): boolean {
  return name.trim().toLowerCase() === wanted.trim().toLowerCase();
}

/** Several files as one: a list of the records of all, one file after another. */
export function chain(sources: readonly [OpenedSource, ...OpenedSource[]]): OpenedSource {
  const [first] = sources;
  const sizes = sources.map(({ bytes }) => bytes ?? Number.NaN);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  async function* records(options: RowsOptions = {}): AsyncGenerator<Row> {
    let index = 0;
    for (const source of sources)
      for await (const row of source.records({}, options)) yield { ...row, index: index++ };
  }
  return {
    name: first.name,
    files: sources.map(({ name }) => name),
    live: false,
    kind: 'list',
    ...(!Number.isNaN(bytes) && { bytes }),
    async sample() {
      const { document, rows, kind, name } = await first.sample();
      return {
        name,
        kind: 'list',
        document: {},
        rows: kind === 'document' ? [document] : rows,
        columns: [],
      };
    },
    header: async () => ({}),
    companions: (pattern) => first.companions(pattern),
    records: (_, options) => records(options),
    rows: records,
    async close() {
      for (const source of sources) await source.close?.();
    },
  };
}
