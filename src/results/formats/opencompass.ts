import type { Sample } from '../../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { hasKeys, listAt, memberAt, textAt } from '../format-kit/members.js';
import { labelExperiment, nameRepository } from '../format-kit/model.js';
import { type RecordReader, readRun } from '../format-kit/reader.js';
import { findRecords, readingOf, summaryOf, unexpected } from '../format-kit/rows.js';
import { scoreOrValue, scoresIn } from '../format-kit/values.js';
import type { Format, Reading } from './format.js';

/** What OpenCompass writes of a model and a dataset, and AISBench after it. @see https://github.com/open-compass/opencompass */
export const opencompass: Format = {
  name: 'opencompass',
  title: 'OpenCompass',
  files: 'predictions/<model>/<dataset>.json, results/<model>/<dataset>.json with details',
  reads: 'a row per prediction, an experiment per model and dataset, whether it is correct',
  recognise: (sample) => recognisePredictions(sample) ?? recogniseDetails(sample),
};

function recognisePredictions(sample: Sample): Reading | undefined {
  const { assumptions, experiment, metadata } = placeIn(sample.name);
  return readingOf(sample, {
    why: 'records have prediction and origin_prompt',
    members: ['*'],
    assumptions,
    is: isPrediction,
    expected: 'a prediction of OpenCompass',
    read: (record, { path }) => {
      const key = path?.at(-1) ?? record.take('idx', 'id');
      return { value: { ...readPrediction(record), id: key, metadata }, ...experiment };
    },
  });
}

/** What was chosen by perplexity has an object for each label. */
function labelsOf(record: JsonObject): string[] {
  return Object.keys(record).filter((name) => name.startsWith('label: '));
}

function isPrediction(record: JsonObject): boolean {
  const isAsked = hasKeys(record, 'origin_prompt') || hasKeys(record, 'testing input');
  return hasKeys(record, 'prediction') && (isAsked || labelsOf(record).length > 0);
}

function readPrediction(record: RecordReader): JsonObject {
  const prompt = record.take('origin_prompt', 'testing input') ?? takeTested(record);
  const hasFailed = record.record.success === false;
  const output = record.take('prediction');
  return {
    inputs: readPrompt(prompt),
    reference_outputs: record.take('gold', 'refr', 'reference'),
    outputs: hasFailed && !output ? null : { output },
    error: hasFailed ? (record.text('error', 'error_info') ?? 'success is false') : null,
  };
}

/** What was asked, as it stands with each label. */
function takeTested(record: RecordReader) {
  const [label = ''] = labelsOf(record.record);
  return record.open(label).take('testing input');
}

const OUTPUTS = ['origin_prediction', 'pred', 'prediction', 'predictions'];
const REFERENCES = ['references', 'answer', 'answers', 'gold', 'refr', 'reference'];
const VERDICT = /^(?:.*_)?correct$/;
/** All else that a detail has. More than that is a table of someone's own. */
const OTHERS = /^(?:prompt|origin_prompt|example_abbr|model_extract_predictions|m?G-Pass@.+)$/;

/** Results with `details`: a list, or an object by number, in which a member `type` may say how answers were made. */
function recogniseDetails(sample: Sample): Reading | undefined {
  const place = findRecords(sample, isDetail, ['details']);
  if (!place?.recordsAt) return undefined;
  const { assumptions, experiment, metadata } = placeIn(sample.name);
  return {
    why: 'it has details with predictions, references and correct',
    ...place,
    assumptions,
    async *rows({ header, records }) {
      for await (const row of records) {
        const { value: detail } = row;
        if (row.path?.at(-1) === 'type' && typeof detail === 'string') continue;
        if (!isJsonObject(detail) || !isDetail(detail)) {
          yield unexpected(row, 'a detail of OpenCompass');
          continue;
        }
        for (const value of readDetail(detail, row.path?.at(-1) ?? null, metadata))
          yield { origin: row.origin, value, ...experiment };
      }
      yield* summaryOf(scoresIn(header), experiment.experiment);
    },
  };
}

function isDetail(record: JsonObject): boolean {
  const has = (names: readonly string[]) => names.some((name) => Object.hasOwn(record, name));
  const isKnown = (name: string) =>
    [...OUTPUTS, ...REFERENCES].includes(name) || VERDICT.test(name) || OTHERS.test(name);
  return has(OUTPUTS) && has(REFERENCES) && Object.keys(record).every(isKnown);
}

/** With `example_abbr` a detail is of all repetitions of an example, each member a list of them. */
function* readDetail(
  detail: JsonObject,
  key: string | number | null,
  metadata: JsonObject,
): Generator<JsonObject> {
  const abbreviation = textAt(detail, 'example_abbr');
  // What was chosen by perplexity has those of all labels for an origin.
  const outputs = isJsonObject(detail.origin_prediction) ? OUTPUTS.slice(1) : OUTPUTS;
  const output = findMember(detail, outputs);
  const runs = abbreviation === undefined ? 1 : (listAt(detail, output)?.length ?? 1);
  for (let n = 0; n < runs; n++)
    yield readRun(detail, (record) => {
      const take = (name: string) =>
        abbreviation === undefined ? record.take(name) : record.own(name, n, runs);
      const prompt = record.take('prompt', 'origin_prompt');
      const verdicts = Object.keys(detail).filter((name) => VERDICT.test(name));
      return {
        id: abbreviation ?? key,
        inputs: prompt === null ? { example: abbreviation ?? key } : readPrompt(prompt),
        reference_outputs: take(findMember(detail, REFERENCES)),
        outputs: { output: take(output) },
        feedback: verdicts.map((name) => ({ key: name, ...scoreOrValue(take(name)) })),
        metadata,
      };
    });
}

function findMember(detail: JsonObject, names: readonly string[]): string {
  return names.find((name) => memberAt(detail, name) !== undefined) ?? '';
}

const PATH =
  /(?:^|[\\/])(?:predictions|results)[\\/]([^\\/]+)[\\/]([^\\/]+?)\.jsonl?(?:\.gz|\.zst)?$/;

/** What a path tells of the model and the dataset: no file names them. */
interface PredictionPlace {
  readonly assumptions: readonly string[];
  readonly experiment: { readonly experiment?: string };
  readonly metadata: JsonObject;
}

/** Reads the path of a file: `predictions/<model>/<dataset>.json`. */
function placeIn(path: string): PredictionPlace {
  const [, model, dataset] = PATH.exec(path) ?? [];
  if (model === undefined || dataset === undefined)
    return { assumptions: [], experiment: {}, metadata: {} };
  return {
    assumptions: [`the model and the dataset are those of the path: ${model}, ${dataset}`],
    experiment: { experiment: labelExperiment(model, dataset) },
    metadata: { ...nameRepository(model), dataset },
  };
}

const ROLES = new Map<JsonValue, string>([
  ['HUMAN', 'user'],
  ['BOT', 'assistant'],
  ['SYSTEM', 'system'],
]);

/** Turns of `{role, prompt}` are messages; what was not asked in turns is the input as it stands. */
function readPrompt(prompt: JsonValue): JsonObject {
  const turns = Array.isArray(prompt) ? prompt.filter(isJsonObject) : [];
  const isChat = turns.length > 0 && turns.every(({ role }) => typeof role === 'string');
  if (!Array.isArray(prompt) || !isChat || turns.length < prompt.length) return { input: prompt };
  return { messages: turns.map(readTurn) };
}

function readTurn(turn: JsonObject): JsonObject {
  const { role = null, prompt, ...others } = turn;
  const renamed = ROLES.get(role) ?? role;
  return { ...others, role: renamed, ...(prompt !== undefined && { content: prompt }) };
}
