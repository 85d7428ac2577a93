import type { Companion } from '../../input/companions.js';
import type { Sample } from '../../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { listAt, memberAt, objectAt, textAt } from '../format-kit/members.js';
import { splitModel } from '../format-kit/model.js';
import type { RecordReader } from '../format-kit/reader.js';
import { mostRecords, type ReadRecord, readEach } from '../format-kit/rows.js';
import type { Format, FormatRow, ResultsFile } from './format.js';

/** Predictions of SWE-bench, with the report that lies next to them. @see https://www.swebench.com/SWE-bench/guides/evaluation/ */
export const sweBench: Format = {
  name: 'swe-bench',
  title: 'SWE-bench predictions',
  files:
    'preds.json, all_preds.jsonl, with report.json, results.json or <model>.<run>.json next to it',
  reads: 'a row per patch, resolved as the report says, an experiment per model or run',
  recognise(sample) {
    const { document, kind } = sample;
    const predictions = findPredictions(sample);
    if (!predictions) return undefined;
    const models = new Set(predictions.map((one) => textAt(one, 'model_name_or_path') ?? ''));
    return {
      why: 'rows have instance_id, model_patch and model_name_or_path',
      recordsAt: kind === 'document' && !isPrediction(document) ? [] : undefined,
      rows: (file) => readPredictions(file, reportsOf(models)),
    };
  },
};

/** A list of predictions, or an object of them by the id of the instance. */
function findPredictions(sample: Sample): readonly JsonObject[] | undefined {
  if (mostRecords(sample, isPrediction))
    return sample.kind === 'document' ? [sample.document] : sample.rows;
  const members = sample.kind === 'document' ? Object.values(sample.document) : [];
  const predictions = members.filter(isJsonObject).filter(isPrediction);
  return members.length > 0 && predictions.length === members.length ? predictions : undefined;
}

function isPrediction(record: JsonObject): boolean {
  return (
    textAt(record, 'instance_id') !== undefined &&
    textAt(record, 'model_name_or_path') !== undefined &&
    Object.hasOwn(record, 'model_patch')
  );
}

/** Names of reports: any of these, or that of the model, in which slashes are two low lines. */
function reportsOf(models: ReadonlySet<string>): RegExp {
  const names = [...models].map(
    (model) => `${model.replaceAll('/', '__').replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\..+`,
  );
  return new RegExp(`^(?:${['report', 'results', ...names].join('|')})\\.json$`);
}

async function* readPredictions(
  { name, companions, records }: ResultsFile,
  pattern: RegExp,
): AsyncGenerator<FormatRow> {
  const found = (await companions(pattern)).filter(({ value }) => isReport(value));
  const [report, ...others] = found;
  if (others.length > 0) {
    const names = found.map((one) => one.name).join(', ');
    const problem = `several reports are next to the predictions; cannot tell which is theirs: ${names}`;
    yield { origin: { file: name, line: 1 }, problem };
    return;
  }
  const judge = report ? readReport(report) : () => ({});
  const expected = 'a prediction with instance_id, model_name_or_path and model_patch';
  yield* readEach(records, expected, (record) => readPrediction(record, judge), isPrediction);
}

/** Without the dataset, all that is known of the question is its id. A patch that did not apply is no error. */
function readPrediction(record: RecordReader, judge: (id: string) => Verdict): ReadRecord {
  const model = record.text('model_name_or_path') ?? '';
  const id = record.text('instance_id') ?? '';
  const { report, isError, resolved } = judge(id);
  record.keep({ report });
  const value = {
    id,
    inputs: { instance_id: id },
    outputs: { model_patch: record.take('model_patch') },
    error: isError ? 'the patch could not be evaluated: the report has it in error_ids' : null,
    feedback: resolved === undefined ? [] : [{ key: 'resolved', score: resolved }],
    metadata: splitModel(model),
  };
  return { value, experiment: model };
}

/** What a report says of an instance. */
interface Verdict {
  readonly resolved?: boolean;
  /** The evaluation itself broke off. */
  readonly isError?: boolean;
  /** The names of the lists that it is on, or all that is reported of it. */
  readonly report?: JsonValue;
}

/** Names of lists in summaries of a run, of now and of before. @see swebench/harness/reporting.py */
const RESOLVED = ['resolved_ids', 'resolved'];
const UNRESOLVED = ['unresolved_ids', 'empty_patch_ids', 'no_generation'];
const ERRORS = ['error_ids'];
const OTHERS =
  `applied completed_ids generated incomplete_ids install_fail no_apply no_logs reset_failed submitted_ids
  test_errored test_timeout with_logs`.split(/\s+/);

/** Whether a document tells of instances whether they were resolved, one by one or in lists. */
export function isReport(document: JsonValue | undefined): document is JsonObject {
  return isOfInstances(document) || isOfLists(document);
}

function isOfInstances(document: JsonValue | undefined): document is JsonObject {
  const instances = isJsonObject(document) ? Object.values(document) : [];
  const isOne = (one: JsonValue) =>
    typeof memberAt(one, 'resolved') === 'boolean' &&
    (objectAt(one, 'tests_status') !== undefined || memberAt(one, 'patch_exists') !== undefined);
  return instances.length > 0 && instances.every(isOne);
}

function isOfLists(document: JsonValue | undefined): document is JsonObject {
  const has = (name: string) => listAt(document, name) !== undefined;
  return RESOLVED.some(has) && [...UNRESOLVED, ...ERRORS, ...OTHERS].some(has);
}

/** Reads verdicts of instances, asked for by their id. */
function readReport({ value }: Companion): (id: string) => Verdict {
  if (isOfInstances(value)) {
    return (id) => {
      const one = objectAt(value, id);
      return one === undefined ? {} : { resolved: one.resolved === true, report: one };
    };
  }
  const lists = new Map<string, Set<JsonValue>>();
  for (const name of [...RESOLVED, ...UNRESOLVED, ...ERRORS, ...OTHERS]) {
    const list = listAt(value, name);
    if (list) lists.set(name, new Set(list));
  }
  // The first reports listed only what was resolved: all others were not.
  const isComplete = !lists.has('unresolved_ids');
  return (id) => {
    const on = [...lists.keys()].filter((name) => lists.get(name)?.has(id));
    const isOn = (names: readonly string[]) => names.some((name) => on.includes(name));
    const isError = isOn(ERRORS);
    const isResolved = isOn(RESOLVED);
    const isTold = isResolved || isOn(UNRESOLVED) || (isComplete && !isOn(['no_logs']));
    return { resolved: isTold && !isError ? isResolved : undefined, isError, report: on };
  };
}
