import type { Sample } from '../../../input/row.js';
import { printJson } from '../../../json/print.js';
import type { JsonObject } from '../../../json/value.js';
import { known, listAt, memberAt, objectAt, textAt, toNumber } from '../../format-kit/members.js';
import { findOnly, labelExperiment, nameExperiments, splitModel } from '../../format-kit/model.js';
import { RecordReader } from '../../format-kit/reader.js';
import { mostRecords, readEach } from '../../format-kit/rows.js';
import { splitVars } from '../../format-kit/split-vars.js';
import { readUsage as sumUsage } from '../../format-kit/usage.js';
import { readWhen } from '../../when.js';
import type { Format, FormatRow, Reading, ResultsFile } from '../format.js';
import { recogniseTable } from './csv.js';
import { NO_REASON, readScores } from './scores.js';

const LEFT_OUT = [
  ['config'],
  ['runtimeOptions'],
  ['results', 'prompts'],
  ['results', 'stats'],
  ['results', 'table'],
] as const;

/**
 * What `promptfoo eval -o` writes: JSON or YAML of version 2 and 3, JSON Lines, and both kinds of CSV. Passed over are
 * the configuration, the totals, and version 2's table, which says the rows again. Rows keep the order of the file,
 * which in JSON is that of completion.
 */
export const promptfoo: Format = {
  name: 'promptfoo',
  title: 'promptfoo results',
  files: 'output.json, .jsonl, .yaml, .csv, promptfoo-results.json',
  reads:
    'a row per test, an experiment per provider and prompt, score, pass and every named score or assertion',
  recognise(sample, isAsked = false) {
    if (sample.kind === 'table') return recogniseTable(sample);
    const why = tellDocument(sample, isAsked);
    if (why !== undefined) return readingOf(sample, why, true);
    const whyRows = tellRows(sample);
    return whyRows === undefined ? undefined : readingOf(sample, whyRows, false);
  },
};

function tellDocument({ document }: Sample, isAsked: boolean): string | undefined {
  const results = objectAt(document, 'results');
  const rows = listAt(results, 'results');
  if (!rows) return undefined;
  const version = toNumber(memberAt(results, 'version'));
  if (version === 2 || version === 3) return `results.version is ${version}`;
  if (textAt(document, 'evalId') && objectAt(document, 'config')) return 'it has evalId and config';
  const isEmpty = rows.length === 0 && results !== undefined && Object.hasOwn(results, 'timestamp');
  if (isEmpty) return 'results.results is there, and empty';
  return isAsked ? 'it has results.results' : undefined;
}

function tellRows(sample: Sample): string | undefined {
  const has = (row: JsonObject, name: string) => Object.hasOwn(row, name);
  if (mostRecords(sample, (row) => has(row, 'testIdx') && has(row, 'promptIdx')))
    return 'rows have testIdx and promptIdx';
  const isGraded = (row: JsonObject) =>
    has(row, 'gradingResult') && (has(row, 'vars') || has(row, 'testCase'));
  return mostRecords(sample, isGraded) ? 'rows have gradingResult and vars' : undefined;
}

function readingOf(sample: Sample, why: string, isEnvelope: boolean): Reading {
  const onlyPrompt = findOnlyPrompt(sample);
  return {
    why,
    recordsAt: isEnvelope ? ['results', 'results'] : undefined,
    leaveOut: isEnvelope ? LEFT_OUT : undefined,
    assumptions: ['latencyMs is that of the first call, also where the answer came from a cache'],
    rows: (file) => readRows(file, onlyPrompt),
  };
}

/** @returns the label of the prompt, if all have the same. */
function findOnlyPrompt({ document, rows }: Sample): string | undefined {
  const results = objectAt(document, 'results');
  const prompts =
    listAt(results, 'prompts') ??
    listAt(objectAt(objectAt(results, 'table'), 'head'), 'prompts') ??
    [...(listAt(results, 'results') ?? []), ...rows].map((row) => memberAt(row, 'prompt') ?? null);
  return findOnly(prompts.map((prompt) => textAt(prompt, 'label')));
}

async function* readRows(
  { header, records }: ResultsFile,
  onlyPrompt: string | undefined,
): AsyncGenerator<FormatRow> {
  const nameOf = nameExperiments();
  const timestamp = textAt(objectAt(header, 'results'), 'timestamp');
  const start = timestamp !== undefined && readWhen(timestamp) !== undefined ? timestamp : null;
  const evalId = textAt(header, 'evalId');

  yield* readEach(records, 'a result of promptfoo', (reader) => {
    const { record } = reader;
    const test = reader.merge('testCase');
    const vars = reader.object('vars') ?? test.object('vars');
    if (!vars) return 'vars are missing; expected an object of a test’s variables';
    const provider = readProvider(record);
    const prompt = textAt(record.prompt, 'label');
    // Without promptIdx, as in version 2, the prompt itself tells.
    const place = memberAt(record, 'promptIdx') ?? prompt ?? null;
    const key = printJson([provider.id, provider.label, place]);
    const experiment = nameOf(key, labelExperiment(provider.label, prompt, onlyPrompt));
    const response = reader.merge('response');
    const value = {
      ...splitVars(vars),
      ...readAnswer(reader, response),
      start_time: start,
      latency_ms: reader.take('latencyMs'),
      metadata: { ...readUsage(reader, response, provider), ...known({ evalId }) },
    };
    leaveOutCopies(reader, response, test);
    return { value, experiment };
  });
}

/** A provider may be its plain id. */
function readProvider({ provider = null }: JsonObject): Provider {
  const id = (typeof provider === 'string' ? provider : textAt(provider, 'id')) ?? '';
  return { id, label: textAt(provider, 'label') ?? id };
}

/** What the provider gave and how it was graded, or the error that came instead. */
function readAnswer(record: RecordReader, response: RecordReader): JsonObject {
  const output = response.take('output');
  const feedback = readScores(record);
  if (!failedToRun(record.record)) return { outputs: output ?? { output: null }, feedback };
  const error = record.take('error') || response.take('error');
  return { error: error || NO_REASON, outputs: output };
}

/** `failureReason` of a row whose provider failed; 1 is a failed assertion. @see npm promptfoo, ResultFailureReason */
const FAILED_TO_RUN = 2;

/** What answered: its id, and what people call it. */
interface Provider {
  readonly id: string;
  readonly label: string;
}

/** Before `failureReason` was written, an error was one if nothing was graded. */
function failedToRun(record: JsonObject): boolean {
  const reason = memberAt(record, 'failureReason');
  if (reason !== undefined) return toNumber(reason) === FAILED_TO_RUN;
  return Boolean(record.error) && memberAt(record, 'gradingResult') === undefined;
}

/** What a row says twice. Its metadata is that of its test and of its response together, except in old versions. */
function leaveOutCopies(record: RecordReader, response: RecordReader, test: RecordReader): void {
  for (const one of [record, response, test])
    one.merge('metadata').leaveOut('_promptfooFileMetadata');
  const { error = null, gradingResult = null } = record.record;
  // A failed assertion fills `error` with its reason.
  record.leaveOutCopy('error', memberAt(gradingResult, 'reason'));
  response.leaveOutCopy('error', error);
  response.leaveOutCopy('raw', response.record.output);
  test.leaveOutCopy('vars', record.record.vars);
  response.leaveOutCopy('latencyMs', record.record.latencyMs);
  const grading = record.open('gradingResult');
  grading.leaveOutCopy('pass', record.record.success);
  grading.leaveOutCopy('score', record.record.score);
  grading.leaveOutCopy('namedScores', record.record.namedScores);
  grading.text('reason');
}

/** The model, and what it used; `tokenUsage.assertions` and `gradingResult.tokensUsed` are of the grader. */
function readUsage(
  record: RecordReader,
  response: RecordReader,
  { id, label }: Provider,
): JsonObject {
  const ofResponse = response.number('cost');
  record.leaveOutCopy('cost', ofResponse);
  // A row's cost is 0 also where the provider did not tell; a response has none then.
  const ofRow = ofResponse === undefined ? record.number('cost') : undefined;
  const cost = ofResponse ?? (Number(ofRow) > 0 ? ofRow : undefined);
  // What promptfoo itself had cached was not sent to the model.
  const { cached = null, ...sent } = objectAt(response.record, 'tokenUsage') ?? {};
  const counts = new RecordReader(sent);
  const usage = sumUsage(counts, new RecordReader(known({ cost })));
  keepTokens(record, response, { ...counts.rest(), cached });
  return { ...splitModel(id || undefined, label), ...usage };
}

/** A row has the tokens of its response once more; what it does not have stays. */
function keepTokens(record: RecordReader, response: RecordReader, others: JsonObject): void {
  const ofRow = objectAt(record.record, 'tokenUsage');
  if (!ofRow || !response.object('tokenUsage')) return;
  const rest = new RecordReader(others);
  for (const name of rest.left()) rest.leaveOutCopy(name, ofRow[name]);
  response.keep({ tokenUsage: rest.rest() });
}
