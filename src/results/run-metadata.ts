import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../json/value.js';
import { objectAt, textAt } from './format-kit/members.js';
import { splitModel } from './format-kit/model.js';
import { addMetadata, RecordReader } from './format-kit/reader.js';
import { isCounted, isUsageName, readLooseUsage, readUsage } from './format-kit/usage.js';
import { shorten } from './found.js';
import { findLooseFields, isUnderstood, type LooseField } from './loose-fields.js';
import { findScores } from './named-columns/score-objects.js';

/** What becomes of a run's fields that are not known, and of what it says of tokens. */
export interface GatheredRun {
  readonly run: JsonObject;
  /** Fields that are kept in metadata and mean nothing more. */
  readonly kept: readonly LooseField[];
  /** What is read otherwise than it is written, in words. */
  readonly notes: readonly string[];
}

/**
 * Moves fields that are not known into a run's metadata. Tokens, cost and model among them go where LangSmith looks for
 * them, and objects of scores to its scores; a usage_metadata that it would not count is put into its words.
 */
export function gatherRun(given: JsonObject, known: ReadonlySet<string>): GatheredRun {
  const loose = findLooseFields(given, known);
  const said = given.metadata ?? {};
  if (loose.length === 0 && !findMiscounted(said, given.outputs))
    return { run: given, kept: [], notes: [] };

  const run: JsonObject = {};
  for (const name of Object.keys(given))
    if (known.has(name)) setKey(run, name, given[name] as JsonValue);
  // Metadata of another kind is an error of its own; it is left for the schema to tell.
  if (!isJsonObject(said)) return { run, kept: [], notes: [] };

  const metadata = { ...said };
  run.metadata = metadata;
  const keep = (fields: readonly LooseField[]) => {
    for (const { name, kept } of fields) setKey(metadata, kept, given[name] as JsonValue);
  };
  const others = loose.filter(({ name }) => !isUnderstood(name));
  keep(loose.filter(({ name }) => isUnderstood(name)));
  const corrected = correctUsage(metadata, given.outputs);
  const read = [
    ...readTokens(others, given, metadata),
    ...readModel(others, given, metadata),
    ...readScoresIn(others, given, run),
  ];
  const isRead = ({ name }: LooseField) => read.some((one) => one.name === name);
  keep(others.filter(({ name }) => !read.some((one) => one.name === name && one.isMoved)));
  return {
    run,
    kept: others.filter((field) => !isRead(field)),
    notes: [
      ...corrected,
      ...read.map(({ name, as }) => `field "${shorten(name)}" is read as ${as}`),
    ],
  };
}

/** A usage_metadata that LangSmith would not count, or not in full. */
function findMiscounted(metadata: JsonValue, outputs: JsonValue | undefined) {
  const own = isJsonObject(metadata) ? (metadata.usage_metadata ?? undefined) : undefined;
  const usage = own ?? objectAt(outputs, 'usage_metadata');
  if (usage === undefined || isCounted(usage)) return undefined;
  return { usage, isOwn: own !== undefined };
}

/** @returns what was corrected, in words. What it was stays in metadata. */
function correctUsage(metadata: JsonObject, outputs: JsonValue | undefined): string[] {
  const miscounted = findMiscounted(metadata, outputs);
  if (!miscounted) return [];
  const { usage, isOwn } = miscounted;
  delete metadata.usage_metadata;
  if (isOwn) addMetadata(metadata, { usage_metadata: usage });
  const counted = readUsage(new RecordReader(usage));
  Object.assign(metadata, counted);
  return [
    counted.usage_metadata === undefined
      ? 'usage_metadata holds no number that LangSmith counts'
      : 'usage_metadata is put into the words and whole numbers that LangSmith counts',
  ];
}

/** A field that means something to LangSmith, and whether metadata then has all of it. */
interface ReadField {
  readonly name: string;
  readonly as: string;
  readonly isMoved: boolean;
}

/** What usage_metadata says already stays as it is. */
function readTokens(
  fields: readonly LooseField[],
  given: JsonObject,
  metadata: JsonObject,
): ReadField[] {
  const own = objectAt(metadata, 'usage_metadata') ?? {};
  const named = fields.filter(({ name }) => isUsageName(name, own));
  if (named.length === 0) return [];
  const loose: JsonObject = {};
  for (const { name } of named) setKey(loose, name, given[name] as JsonValue);
  const record = new RecordReader(loose);
  const { usage_metadata: counted } = readLooseUsage(record);
  if (!isJsonObject(counted)) return [];
  metadata.usage_metadata = { ...counted, ...own };
  const left = new Set(record.left());
  return named
    .map(({ name }) => ({ name, as: 'metadata.usage_metadata', isMoved: !left.has(name) }))
    .filter(({ name, isMoved }) => isMoved || isJsonObject(loose[name]));
}

const MODEL_NAMES = ['model', 'model_name', 'model_id'];

/** The name of a model as it is written stays where it says more than LangSmith's two fields. */
function readModel(
  fields: readonly LooseField[],
  given: JsonObject,
  metadata: JsonObject,
): ReadField[] {
  const name = MODEL_NAMES.find((one) => fields.some((field) => field.name === one));
  const model = name && textAt(given, name);
  if (!model || (metadata.ls_model_name ?? null) !== null) return [];
  const { ls_provider, ls_model_name } = splitModel(model);
  metadata.ls_model_name = ls_model_name;
  if (ls_provider !== undefined) metadata.ls_provider ??= ls_provider;
  return [{ name, as: 'metadata.ls_model_name', isMoved: ls_model_name === model }];
}

/** Objects and lists that are scores by their name, whatever else a row holds: `metrics: {f1: 0.5}`. */
const SCORES = /^(?:metrics|evals?|evaluations?|evaluation_results?|feedback_scores|judge|ragas)$/i;

/** Keys that the row has scores of already go by the field's name, too. */
function readScoresIn(
  fields: readonly LooseField[],
  given: JsonObject,
  run: JsonObject,
): ReadField[] {
  const { feedback } = given;
  // Feedback of another kind is an error of its own.
  if ((feedback ?? null) !== null && !Array.isArray(feedback)) return [];
  const scores = isJsonObject(given.scores) ? given.scores : {};
  const listed = Array.isArray(feedback) ? [...feedback] : [];
  const read: ReadField[] = [];
  for (const { name } of fields.filter((one) => SCORES.test(one.name))) {
    const found = findScores(name, given[name] as JsonValue);
    for (const { key, score } of found.scores)
      listed.push({ key: Object.hasOwn(scores, key) ? `${name}.${key}` : key, ...score });
    if (found.scores.length > 0)
      read.push({ name, as: 'scores', isMoved: found.rest === undefined });
  }
  if (read.length > 0) run.feedback = listed;
  return read;
}
