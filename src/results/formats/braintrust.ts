import { addTo } from '../../group-by.js';
import type { Row, Sample } from '../../input/row.js';
import { spell } from '../../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../json/value.js';
import {
  hasKeys,
  listAt,
  memberAt,
  objectAt,
  saysNothing,
  textAt,
  toNumber,
} from '../format-kit/members.js';
import { nameExperiments, splitModel } from '../format-kit/model.js';
import { type RecordReader, readRun } from '../format-kit/reader.js';
import { findRecords, mostRecords, unexpected } from '../format-kit/rows.js';
import { readTree } from '../format-kit/tree.js';
import { readLooseUsage } from '../format-kit/usage.js';
import { readCell } from '../format-kit/values.js';
import type { Format, FormatRow, Reading, ResultsFile } from './format.js';

/** What Braintrust exports of an experiment (JSON, JSON Lines, CSV), and what `braintrust eval --jsonl` prints. */
export const braintrust: Format = {
  name: 'braintrust',
  title: 'Braintrust experiment',
  files: 'exported .json, .jsonl, .csv; what braintrust eval --jsonl prints',
  reads:
    'a row per root span with its scores, other spans as child runs; summary scores of what is printed',
  recognise(sample) {
    if (isPrinted(sample)) {
      return {
        why: 'a line has projectName, experimentName and scores',
        assumptions: ['rows that passed are missing: Braintrust prints only those that failed'],
        rows: readPrinted,
      };
    }
    const place = findEvents(sample);
    if (!place) return undefined;
    return { why: 'events have span_id, root_span_id and scores', ...place, rows: readEvents };
  },
};

/** A summary is printed after the rows that failed, of which there may be more than a sample holds. */
function isPrinted(sample: Sample): boolean {
  return mostRecords(sample, (row) => isSummary(row) || isFailure(row));
}

/** @returns where the events are: a list of them, what the API answers, and what a query answers. */
function findEvents(sample: Sample): Pick<Reading, 'recordsAt'> | undefined {
  const { kind, columns } = sample;
  if (kind !== 'table') return findRecords(sample, isEvent, ['events', 'data']);
  return isEvent(Object.fromEntries(columns.map((name) => [name, '']))) ? {} : undefined;
}

const MAX_EVENTS = 1_000_000;

/** Whether a record is a span. */
function isEvent(event: JsonValue): event is JsonObject {
  return hasKeys(event, 'span_id', 'root_span_id', 'scores');
}

interface BraintrustEvent {
  readonly origin: Row['origin'];
  readonly value: JsonObject;
}

/**
 * Reads exported events: root spans are rows, the spans below them child runs. A trace’s spans may stand anywhere in
 * the file, so all are held in memory. Spans of scorers are left out, with what is below: their models are judges.
 *
 * @see https://www.braintrust.dev/docs/reference/api, experiment events
 */
async function* readEvents({ records }: ResultsFile): AsyncGenerator<FormatRow> {
  const roots: BraintrustEvent[] = [];
  const children = new Map<string, BraintrustEvent[]>();
  const labelOf = nameExperiments();
  let count = 0;
  for await (const record of records) {
    const { origin, value } = record;
    if (!isEvent(value)) {
      yield unexpected(record, 'an event with span_id, root_span_id and scores');
      continue;
    }
    if (++count > MAX_EVENTS) {
      yield { origin, problem: `there are more than ${MAX_EVENTS} events to be put into traces` };
      return;
    }
    const event = { origin, value: record.shape === 'columns' ? readCells(value) : value };
    if (isRoot(event.value)) roots.push(event);
    else for (const parent of parentsOf(event.value)) addTo(children, parent, event);
  }
  for (const { origin, value } of roots) {
    const experiment = textAt(value, 'experiment_id');
    yield {
      origin,
      value: readRoot(value, children),
      experiment: experiment && labelOf(experiment, experiment),
    };
  }
}

function isRoot(event: JsonObject): boolean {
  const stated = memberAt(event, 'is_root');
  if (typeof stated === 'boolean') return stated;
  const parents = listAt(event, 'span_parents') ?? [];
  return parents.length === 0 && event.span_id === event.root_span_id;
}

/** One that names no parent is right below the root. */
function parentsOf(event: JsonObject): string[] {
  const [parent = event.root_span_id] = listAt(event, 'span_parents') ?? [];
  return typeof parent === 'string' ? [parent] : [];
}

function readRoot(event: JsonObject, children: ReadonlyMap<string, BraintrustEvent[]>): JsonObject {
  const childRuns = readChildren(event, children);
  return readRun(event, (record) => ({
    ...readSpan(record),
    id: record.text('dataset_record_id') ?? originOf(event) ?? null,
    reference_outputs: record.take('expected'),
    feedback: Object.entries(record.object('scores') ?? {}).map(([key, score]) => ({ key, score })),
    tags: record.texts('tags'),
    run_type: childRuns.length > 0 ? 'chain' : null,
    child_runs: childRuns,
  }));
}

/** The record of the dataset that a row came from; what else it may come from is a log. */
function originOf(event: JsonObject): string | undefined {
  const origin = objectAt(event, 'origin');
  return origin?.object_type === 'dataset' ? textAt(origin, 'id') : undefined;
}

function readChildren(
  root: JsonObject,
  children: ReadonlyMap<string, BraintrustEvent[]>,
): JsonObject[] {
  const childrenOf = (span: JsonObject) =>
    (children.get(spell(span.span_id)) ?? []).map(({ value }) => value);
  return readTree(root, childrenOf, (span) => {
    if (isScorer(span)) return undefined;
    const { type } = objectAt(span, 'span_attributes') ?? {};
    const runType = type === 'llm' || type === 'tool' ? type : 'chain';
    return { ...readRun(span, readSpan), run_type: runType };
  });
}

function isScorer(event: JsonObject): boolean {
  const { type, purpose } = objectAt(event, 'span_attributes') ?? {};
  return type === 'score' || purpose === 'scorer';
}

/** What rows and child runs have in common. */
function readSpan(event: RecordReader): JsonObject {
  event.leaveOut('is_root');
  const metrics = event.open('metrics');
  const { model } = event.merge('metadata').record;
  const usage = readLooseUsage(metrics);
  const error = event.take('error');
  const output = event.take('output');
  return {
    name: textAt(objectAt(event.record, 'span_attributes'), 'name') ?? null,
    inputs: event.take('input') ?? { input: null },
    ...(error === null ? { outputs: output ?? { output: null } } : { error, outputs: output }),
    start_time: metrics.take('start') ?? event.take('created'),
    end_time: metrics.take('end'),
    metadata: {
      ...splitModel(typeof model === 'string' && model !== '' ? model : undefined),
      ...usage,
    },
  };
}

/** Cells hold objects and lists as JSON; an empty one is absent. */
function readCells(cells: JsonObject): JsonObject {
  const event: JsonObject = {};
  for (const name of Object.keys(cells)) {
    const text = String(cells[name] ?? '');
    if (name === 'is_root' && text !== '') event.is_root = text.toLowerCase() === 'true';
    else if (text !== '' && text !== 'null') setKey(event, name, readCell(text));
  }
  return event;
}

const MAX_WAITING = 100_000;

/** What `{}` stands for: JavaScript prints no member of an Error. */
const NOT_PRINTED = 'the task failed; Braintrust printed {} for its error';

function isSummary(row: JsonObject): boolean {
  const [project, name] = [textAt(row, 'projectName'), textAt(row, 'experimentName')];
  return project !== undefined && name !== undefined && objectAt(row, 'scores') !== undefined;
}

/** Whether the row failed; JavaScript prints an Error as `{}`. */
function isFailure(row: JsonObject): boolean {
  const names = Object.keys(row).sort().join();
  return /^error,expected,input,metadata,scores(?:,tags)?$/.test(names) && Boolean(row.error);
}

/**
 * Reads what `braintrust eval --jsonl` prints: for each evaluator the rows that failed, then a summary that names the
 * experiment. Rows wait for it in memory.
 */
async function* readPrinted({ records }: ResultsFile): AsyncGenerator<FormatRow> {
  let waiting: { origin: Row['origin']; value: JsonObject }[] = [];
  for await (const { origin, value } of records) {
    const label = readLabel(value);
    if (label !== undefined) {
      for (const row of waiting) yield { ...row, experiment: label };
      waiting = [];
      yield { summary: { experiment: label, scores: readSummary(value) } };
    } else if (!isJsonObject(value) || !isFailure(value)) {
      yield unexpected({ origin, value }, 'a row or a summary');
    } else if (waiting.length >= MAX_WAITING) {
      yield { origin, problem: `no summary follows on ${MAX_WAITING} rows that failed` };
    } else {
      waiting.push({ origin, value: readRun(value, readFailure) });
    }
  }
  // It was stopped before it came to a summary.
  yield* waiting;
}

/** Without sending logs, the name is `project [experimentName=name]`. */
function readLabel(value: JsonValue): string | undefined {
  const name = textAt(value, 'experimentName');
  if (name === undefined || textAt(value, 'projectName') === undefined) return undefined;
  return /\[experimentName=(.+)\]$/s.exec(name)?.[1] ?? name;
}

function readFailure(record: RecordReader): JsonObject {
  const error = record.take('error');
  record.merge('metadata');
  return {
    inputs: record.take('input') ?? { input: null },
    reference_outputs: record.take('expected'),
    outputs: record.take('output'),
    error: saysNothing(error) ? NOT_PRINTED : error,
    scores: record.object('scores') ?? null,
    tags: record.texts('tags'),
  };
}

/** Scores, and metrics such as the duration; how they compare with another experiment is the comment. */
function readSummary(summary: JsonValue): { key: string; score: JsonValue; comment?: string }[] {
  const scores = { ...objectAt(summary, 'metrics'), ...objectAt(summary, 'scores') };
  return Object.keys(scores).flatMap((key) => {
    const { [key]: given } = scores;
    const score = memberAt(given, 'score') ?? memberAt(given, 'metric');
    if (score === undefined) return [];
    const changes = ['diff', 'improvements', 'regressions', 'unit'].flatMap((name) => {
      const value = memberAt(given, name);
      return value === undefined || toNumber(value) === 0 ? [] : [`${name} ${spell(value)}`];
    });
    return [{ key, score, comment: changes.join(', ') || undefined }];
  });
}
