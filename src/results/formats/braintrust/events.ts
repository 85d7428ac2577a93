import type { Row } from '../../../input/row.js';
import { spell } from '../../../json/print.js';
import { type JsonObject, type JsonValue, setKey } from '../../../json/value.js';
import { nameExperiments } from '../../format-kit/experiment-names.js';
import { hasKeys, listAt, memberAt, objectAt, textAt } from '../../format-kit/members.js';
import { splitModel } from '../../format-kit/model.js';
import { type RecordReader, readRun } from '../../format-kit/reader.js';
import { unexpected } from '../../format-kit/rows.js';
import { readTree } from '../../format-kit/tree.js';
import { readLooseUsage } from '../../format-kit/usage.js';
import { readCell } from '../../format-kit/values.js';
import type { FormatRow, ResultsFile } from '../format.js';

const MAX_EVENTS = 1_000_000;

/** Whether a record is a span. */
export function isEvent(event: JsonValue): event is JsonObject {
  return hasKeys(event, 'span_id', 'root_span_id', 'scores');
}

interface Event {
  readonly origin: Row['origin'];
  readonly value: JsonObject;
}

/**
 * Reads exported events: root spans are rows, the spans below them child runs. A trace’s spans may stand anywhere in
 * the file, so all are held in memory. Spans of scorers are left out, with what is below: their models are judges.
 *
 * @see https://www.braintrust.dev/docs/reference/api, experiment events
 */
export async function* readEvents({ records }: ResultsFile): AsyncGenerator<FormatRow> {
  const roots: Event[] = [];
  const children = new Map<string, Event[]>();
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

function addTo(children: Map<string, Event[]>, parent: string, event: Event): void {
  const siblings = children.get(parent);
  if (siblings) siblings.push(event);
  else children.set(parent, [event]);
}

function isRoot(event: JsonObject): boolean {
  const told = memberAt(event, 'is_root');
  if (typeof told === 'boolean') return told;
  const parents = listAt(event, 'span_parents') ?? [];
  return parents.length === 0 && event.span_id === event.root_span_id;
}

/** One that names no parent is right below the root. */
function parentsOf(event: JsonObject): string[] {
  const [parent = event.root_span_id] = listAt(event, 'span_parents') ?? [];
  return typeof parent === 'string' ? [parent] : [];
}

function readRoot(event: JsonObject, children: ReadonlyMap<string, Event[]>): JsonObject {
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

function readChildren(root: JsonObject, children: ReadonlyMap<string, Event[]>): JsonObject[] {
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
