import type { OpenedSource, Row, Sample, Source } from '../input/row.js';
import { isJsonObject, type JsonObject } from '../json/value.js';
import type { CopiedExperiment, RecognisedSource } from './recognised.js';
import { isOfExperiment, withPlaced } from './shapes/native-rows.js';
import type { Shape } from './shapes/shape.js';
import { partBySample } from './variants/part-source.js';

/** Reads rows of our own; those of a document have what is around them, too. */
export function asNative(
  source: OpenedSource,
  sample: Sample,
  shape: Shape | undefined,
): RecognisedSource {
  // @see https://docs.langchain.com/langsmith, export of a dataset as JSONL
  const looksLikeDataset =
    sample.rows.length > 0 &&
    sample.rows.every((row) => Object.keys(row).sort().join() === 'inputs,metadata,outputs');
  const assumptions =
    looksLikeDataset && sample.kind === 'list'
      ? [
          'rows have inputs, outputs and metadata only: if this is a dataset exported from LangSmith, its outputs are reference outputs and there is nothing to record',
        ]
      : [];
  const members = {
    isSettled: () => false,
    nameOf: (path: readonly string[]) => ['metadata', ...path].join('.'),
  };
  const copyOf = copiedBy(sample);
  const kind = sample.kind === 'table' ? 'columns' : 'document';
  const plain = { ...nativeSource(source), assumptions, members };
  const native = copyOf ? { ...plain, copyOf, rows: withoutCopied(source) } : plain;
  const first = sample.rows.map(
    (value, index) => ({ value, index, shape: kind, origin: NOWHERE }) satisfies Row,
  );
  if (!shape) return partBySample(native, first);
  const { placements, notes, path, place } = shape;
  return partBySample(
    {
      ...native,
      assumptions: notes,
      hasExperiments: placements.some(isOfExperiment),
      decisions: () => ({ ...native.decisions(), rows: path }),
      async *rows(options = {}) {
        for await (const row of shape.read(source.records(place, options)))
          yield withPlaced(row, placements);
      },
    },
    first.map((row) => withPlaced(row, placements)),
  );
}

/** What the first row of a pulled experiment says of all; any other row that says such a thing means something else. */
function copiedBy({ rows: [first, ...others] }: Sample): CopiedExperiment | undefined {
  const copied = first?.experiment;
  if (!isJsonObject(copied) || others.some((row) => Object.hasOwn(row, 'experiment')))
    return undefined;
  const { name, description, metadata } = copied;
  if (typeof name !== 'string' || name === '' || !isJsonObject(metadata)) return undefined;
  return { name, metadata, ...(typeof description === 'string' && { description }) };
}

function withoutCopied(source: Source): Source['rows'] {
  return async function* (options) {
    for await (const row of source.rows(options)) {
      if (row.index > 0 || !isJsonObject(row.value)) yield row;
      else {
        const { experiment: _, ...value } = row.value;
        yield { ...row, value };
      }
    }
  };
}

const NOWHERE = { file: '', line: 0 };

/** Rows that nobody needs to recognize: they have our own fields. */
export function nativeSource(source: Source): RecognisedSource {
  if ('decisions' in source) return source as RecognisedSource;
  return {
    ...source,
    format: 'native',
    described: 'rows of ls-record',
    columns: [],
    assumptions: [],
    questions: [],
    hasExperiments: false,
    summaries: [],
    decisions: () => ({ format: 'native', ...readingOf(source) }),
  };
}

function readingOf(source: Source): JsonObject {
  return 'reading' in source ? ((source as OpenedSource).reading ?? {}) : {};
}
