import type { Row, RowsOptions, Source } from '../input/row.js';
import type { JsonObject, JsonValue } from '../json/value.js';
import type { SummaryScores } from './formats/format.js';
import type { RecognisedSource } from './recognise.js';

/** Files that are recorded together: their rows one after another. */
export interface CombinedSource extends Source {
  /** The files' names as typed. */
  readonly files: readonly string[];
  readonly hasExperiments: boolean;
  readonly summaries: readonly SummaryScores[];
}

/** Joins files into one source; the first one's name stands for all. */
export function combine(
  sources: readonly [RecognisedSource, ...RecognisedSource[]],
): CombinedSource {
  const [first] = sources;
  const bytes = sources.map((source) => source.bytes);
  return {
    name: first.name,
    files: sources.map(({ name }) => name),
    live: sources.length === 1 && first.live,
    ...(bytes.every((size) => size !== undefined) && {
      bytes: bytes.reduce((sum, size) => sum + size, 0),
    }),
    hasExperiments: sources.some(({ hasExperiments }) => hasExperiments),
    get summaries() {
      return sources.flatMap(({ summaries }) => summaries);
    },
    async *rows(options: RowsOptions = {}) {
      let index = 0;
      for (const source of sources)
        for await (const row of source.rows(options)) yield { ...row, index: index++ };
    },
    async close() {
      for (const source of sources) await source.close?.();
    },
  };
}

/**
 * Those rows of a file that belong to one of its experiments.
 *
 * @param label of the experiment; '' is that of rows without one.
 * @param takesBroken rows that cannot be read belong to none; one experiment answers for them.
 */
export function onlyExperiment(
  source: RecognisedSource,
  label: string,
  takesBroken: boolean,
): RecognisedSource {
  const isOf = ({ experiment = '', problem }: Row) =>
    problem === undefined ? experiment === label : takesBroken;
  return {
    ...source,
    get summaries() {
      return source.summaries.filter(({ experiment = '' }) => experiment === label);
    },
    async *rows(options: RowsOptions = {}) {
      // The same bytes with another label are another source.
      options.onBytes?.(Buffer.from(`${label}\n`));
      let index = 0;
      for await (const row of source.rows(options)) if (isOf(row)) yield { ...row, index: index++ };
    },
  };
}

/** Scores of the experiment itself, in the words of a row's `feedback`. */
export function summaryOf(summaries: readonly SummaryScores[]): JsonValue[] {
  return summaries.flatMap(({ scores }) => scores.map((score): JsonObject => ({ ...score })));
}
