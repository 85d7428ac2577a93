import type { OpenedSource, Row, RowsOptions } from './row.js';

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
    beside: (pattern) => first.beside(pattern),
    records: (_, options) => records(options),
    rows: records,
    async close() {
      for (const source of sources) await source.close?.();
    },
  };
}
