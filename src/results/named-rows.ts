import type { OpenedSource, Row, RowsOptions, Sample } from '../input/row.js';
import { isJsonObject, type JsonValue } from '../json/value.js';
import { joinRows } from './named-columns/long-rows.js';
import type { ColumnOptions } from './named-columns/named-columns.js';
import { OddCells } from './named-columns/odd-cells.js';
import { decideRows } from './named-columns/side-by-side.js';
import type { RecognisedSource, RecogniseOptions } from './recognised.js';
import { findChat } from './shapes/chat.js';
import type { Join } from './shapes/join.js';
import type { Shape } from './shapes/shape.js';
import { partBySample } from './variants/part-source.js';

/** Rows whose columns have names of their own. */
export function asColumns(
  source: OpenedSource,
  sample: Sample,
  shape: Shape | undefined,
  options: RecogniseOptions,
): RecognisedSource {
  const chat = hasOutputs(options) ? undefined : findChat(sample.rows);
  const rows = chat ? sample.rows.map(chat.split) : sample.rows;
  const reading = decideRows({ ...sample, rows }, options, shape?.placements);
  const recognised: RecognisedSource = {
    ...source,
    format: 'columns',
    described: sample.kind === 'table' ? 'a table with named columns' : 'rows with named fields',
    columns: reading.described,
    assumptions: [...(shape?.notes ?? []), ...(chat ? [chat.note] : []), ...reading.assumptions],
    questions: reading.questions,
    hasExperiments: reading.hasExperiments,
    members: reading.members,
    summaries: [],
    decisions: () => ({
      format: 'columns',
      ...reading.decisions,
      ...(shape && { rows: shape.path, layout: shape.layout.kind }),
      ...(shape?.join && { questions: pathsOf(shape.join) }),
      ...(chat && { chat: chat.column }),
      ...source.reading,
    }),
    async *rows(readOptions: RowsOptions = {}) {
      const odd = new OddCells();
      const records = source.records(shape?.place ?? {}, readOptions);
      const readRow = (row: Row): Row[] => {
        if (row.problem !== undefined || !isJsonObject(row.value)) return [row];
        const { cells: _, ...rest } = row;
        return reading.read(chat?.split(row.value) ?? row.value).map(({ odd: cells, ...read }) => {
          const notes = [...(row.notes ?? []), ...odd.describe(cells, row.origin)];
          const noted = notes.length > 0 ? { notes } : {};
          return { ...rest, ...read, ...noted, shape: 'document' };
        });
      };
      let index = 0;
      let held: Row[] = [];
      for await (const row of shape ? shape.read(records) : records) {
        const all = [...held, ...readRow(row)];
        const ready = reading.isLong ? joinRows(all) : all;
        held = reading.isLong ? ready.splice(-1) : [];
        for (const one of ready) yield { ...one, index: index++ };
      }
      for (const one of held) yield { ...one, index: index++ };
    },
  };
  const sampled = rows
    .flatMap(reading.read)
    .map((row, index): Row => ({ ...row, index, shape: 'document', origin: NOWHERE }));
  return partBySample(recognised, reading.isLong ? joinRows(sampled) : sampled);
}

function pathsOf({ list, id, ref }: Join): JsonValue[] {
  return [list, id ?? null, ref ?? null];
}

const NOWHERE = { file: '', line: 0 };

/** A person said where the outputs are. */
function hasOutputs({ outputs = [], map = [] }: ColumnOptions): boolean {
  return outputs.length > 0 || map.some((text) => /^outputs\b/.test(text));
}
