import { type CsvLine, loadCsvWriter } from '../../../csv-line.js';
import { ASKER, gistOf } from '../../../experiments/gist.js';
import { showScore } from '../../../experiments/scores.js';
import { textOf } from '../../../experiments/word-diff.js';
import { printJson } from '../../../json/print.js';
import { rowName } from '../parts/compared-rows.js';
import { cut } from '../parts/cut.js';
import { visibleText } from '../parts/visible.js';
import type { Summary } from '../reads/comparisons.js';
import type { FoundRows } from '../reads/rows.js';
import type { PageReads } from '../reads.js';
import type { ShownDataset, ShownExample, ShownRun } from '../shown.js';

const KINDS = {
  csv: { type: 'text/csv; charset=utf-8', accepts: 'text/csv' },
  jsonl: { type: 'application/jsonl; charset=utf-8', accepts: 'application/jsonl' },
  md: { type: 'text/markdown; charset=utf-8', accepts: 'text/markdown' },
} as const;
export type ExportKind = keyof typeof KINDS;

/** As what a program asks for the rows: by the address, else by what it accepts. */
export function exportKind(as: string | undefined, accept = ''): ExportKind | undefined {
  const kinds = Object.keys(KINDS) as ExportKind[];
  return kinds.find(
    (kind) => kind === as || (as === undefined && accept.includes(KINDS[kind].accepts)),
  );
}

interface Exported {
  readonly reads: PageReads;
  readonly summary: Summary;
  readonly found: FoundRows;
  readonly dataset: ShownDataset;
}

/** Rows that are read at once. */
const CHUNK = 200;

/** All rows that an address lists, whole, in its order. */
export async function exportRows(kind: ExportKind, exported: Exported): Promise<Response> {
  const encoder = new TextEncoder();
  const pieces = await PRINT[kind](exported);
  const body = new ReadableStream({
    pull(controller) {
      const { value, done } = pieces.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
  });
  const { name } = exported.dataset;
  return new Response(body, {
    headers: {
      'Content-Type': KINDS[kind].type,
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}.${kind}`,
    },
  });
}

type Printer = (exported: Exported) => Generator<string> | Promise<Generator<string>>;
const PRINT: Readonly<Record<ExportKind, Printer>> = {
  csv: async (exported) => csvOf(exported, await loadCsvWriter()),
  jsonl: jsonLinesOf,
  md: markdownOf,
};

/** A row as it is exported. */
interface Row {
  readonly name: string;
  readonly example: ShownExample;
  /** One of each experiment. */
  readonly answers: readonly Answer[];
}

interface Answer {
  readonly runs: readonly ShownRun[];
  /** Under each key, the mean of repetitions. */
  readonly scores: ReadonlyMap<string, number>;
  readonly latency: number | undefined;
}

function* rowsOf({ reads, summary, found }: Exported): Generator<Row> {
  const { experiments } = summary;
  const ids = experiments.map(({ session }) => session.id);
  for (let from = 0; from < found.ids.length; from += CHUNK) {
    for (const example of reads.answersTo(found.ids.slice(from, from + CHUNK), ids)) {
      const answers = experiments.map(({ session, subject }): Answer => {
        const scores = [...subject.scores].flatMap(([key, values]) => {
          const mean = values.get(example.id)?.mean;
          return mean === undefined ? [] : [[key, mean] as const];
        });
        return {
          runs: example.runs.filter(({ experimentId }) => experimentId === session.id),
          scores: new Map(scores.sort(([one], [other]) => (one < other ? -1 : 1))),
          latency: subject.measures.get('latency')?.get(example.id)?.mean,
        };
      });
      yield { name: rowName(example.id, example.runs, found), example, answers };
    }
  }
}

function* csvOf(exported: Exported, line: CsvLine): Generator<string> {
  const { experiments } = exported.summary;
  const keys = [...new Set(experiments.flatMap(({ scores }) => [...scores.keys()]))].sort();
  const ofEach = ['output', 'error', ...keys, 'latency'];
  yield `${line(
    [
      ...['row', 'example_id', 'input', 'reference'],
      ...experiments.flatMap(({ session }) => ofEach.map((name) => `${name} ${session.name}`)),
    ].map(visibleText),
  )}\n`;
  for (const { name, example, answers } of rowsOf(exported)) {
    const cells = answers.flatMap(({ runs, scores, latency }) => [
      runs.map(({ outputs }) => textOf(outputs ?? undefined)).join('\n'),
      runs.flatMap(({ error }) => error ?? []).join('\n'),
      ...keys.map((key) => String(scores.get(key) ?? '')),
      String(latency ?? ''),
    ]);
    const { id, inputs, referenceOutputs } = example;
    const head = [name, id, textOf(inputs ?? undefined), textOf(referenceOutputs ?? undefined)];
    yield `${line([...head, ...cells].map(visibleText))}\n`;
  }
}

function* jsonLinesOf(exported: Exported): Generator<string> {
  const { experiments } = exported.summary;
  for (const { name, example, answers } of rowsOf(exported)) {
    const row = {
      row: name,
      example_id: example.id,
      inputs: example.inputs,
      reference_outputs: example.referenceOutputs,
      experiments: answers.map(({ runs, scores, latency }, at) => ({
        id: experiments[at]?.session.id ?? null,
        name: experiments[at]?.session.name ?? null,
        runs: runs.map(({ id, outputs, error }) => ({ id, outputs, error: error ?? null })),
        scores: Object.fromEntries(scores),
        latency: latency ?? null,
      })),
    };
    yield `${printJson(row)}\n`;
  }
}

/** A table that a pull request shows. */
function* markdownOf(exported: Exported): Generator<string> {
  const { experiments } = exported.summary;
  const names = experiments.map(({ session }) => session.name);
  const line = (cells: readonly string[]) => `| ${cells.map(markdownCell).join(' | ')} |\n`;
  yield line(['row', 'input', 'reference', ...names]);
  yield `|${' --- |'.repeat(3 + names.length)}\n`;
  for (const { name, example, answers } of rowsOf(exported)) {
    const cells = answers.map(({ runs, scores }) => {
      const said = runs.map(({ error, outputs }) => error ?? gistOf(outputs)).join(' / ');
      const marks = [...scores].map(([key, score]) => `${key} ${showScore(score)}`).join(', ');
      return [cut(said, MARKDOWN_CELL), marks].filter((text) => text !== '').join(' — ');
    });
    const { inputs, referenceOutputs } = example;
    const head = [gistOf(inputs, ASKER), gistOf(referenceOutputs)];
    yield line([name, ...head.map((text) => cut(text, MARKDOWN_CELL)), ...cells]);
  }
}

const MARKDOWN_CELL = 300;

/** Text that is neither markup nor the end of a cell. */
function markdownCell(text: string): string {
  return visibleText(text)
    .replaceAll(/[\\`*_{}[\]<>#|~&]/g, '\\$&')
    .replaceAll(/\s+/g, ' ');
}
