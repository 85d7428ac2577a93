import { type Sample, sampleOf } from '../../input/row.js';
import { spell } from '../../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { isFiniteNumber, readScore } from '../format-kit/values.js';
import { rankColumns } from '../named-columns/compare.js';
import { lookAtColumns } from '../named-columns/facts.js';
import { soundsLikeScore } from '../named-columns/score-names.js';

/** Names of what a mean is of, each with its own row: `model,accuracy,f1`. */
const SYSTEM =
  /^(?:model|system|variant|pipeline|method|config|configuration|approach|mode|experiment|run|retriever)(?:_?name|_?id)?$/i;
/** What else a row of means says. */
const LABEL = /^(?:unnamed: 0|name|split|dataset|task|category|provider|timestamp|date|)$/i;
const METRIC = /^(?:metric|measure|evaluator|criterion|name|)(?:[ _]?name)?$/i;
const SUMMARY =
  /metric|score|summary|average|avg|mean|overall|aggregat|result|config|setting|stat|total|param/i;
const MAX_LABEL = 80;

/** Whether a file has means of whole runs, and no rows of what was asked and answered. */
export function holdsMeans({ kind, document, rows }: Sample): boolean {
  if (kind === 'document') return isSummary(document);
  const [first] = rows;
  if (!first || isRow(first)) return false;
  if (rows.every(isOfMetric)) return true;
  const systems = rows.map((row) => labelOf(row));
  const isEachOnce = !systems.includes('') && new Set(systems).size === rows.length;
  return rows.every((row) => isOfRun(row)) && (rows.length === 1 || isEachOnce);
}

/** `faithfulness,0.97`, a row a metric. */
function isOfMetric(row: JsonObject): boolean {
  const [[name, metric] = ['', null], ...others] = Object.entries(row);
  const isNamed = METRIC.test(name) && typeof metric === 'string' && soundsLikeScore(metric);
  return isNamed && others.length > 0 && others.every(([, value]) => isNumeric(value));
}

/** `gpt-4o,200,0.81,0.77`: a name, counts and scores. */
function isOfRun(row: JsonObject): boolean {
  const members = Object.entries(row);
  const isScore = ([name, value]: [string, JsonValue]) => soundsLikeScore(name) && isNumeric(value);
  const isPart = ([name, value]: [string, JsonValue]) =>
    isNumeric(value) || value === '' || ((SYSTEM.test(name) || LABEL.test(name)) && isLabel(value));
  return members.every(isPart) && members.some(isScore);
}

function labelOf(row: JsonObject): string {
  const names = Object.keys(row).filter((name) => SYSTEM.test(name));
  return names.map((name) => spell(row[name])).join('\n');
}

/** `{variant, n_questions, metrics: {faithfulness: 0.83}}`. */
function isSummary(document: JsonObject): boolean {
  const members = Object.entries(document);
  const scalars = Object.fromEntries(members.filter(([, value]) => !isJsonObject(value)));
  const objects = members.filter(([, value]) => isJsonObject(value));
  const areSummaries = objects.every(
    ([name, value]) => SUMMARY.test(name) && Object.values(value as JsonObject).every(isScalar),
  );
  const means = [scalars, ...objects.map(([, value]) => value as JsonObject)];
  const hasMean = means.some((one) =>
    Object.entries(one).some(([name, value]) => soundsLikeScore(name) && isFiniteNumber(value)),
  );
  const isLabelled = Object.values(scalars).every(isLabel) && !isRow(document);
  return areSummaries && hasMean && isLabelled;
}

const OURS = /^(?:inputs|outputs|reference_outputs)(?:\.|$)/;

/** A file may be one result, with what was asked and answered in a few words. */
function isRow(document: JsonObject): boolean {
  if (Object.keys(document).some((name) => OURS.test(name))) return true;
  const columns = lookAtColumns(sampleOf([document]));
  const roles = rankColumns(columns, false).map(({ ranks }) => ranks);
  return ['inputs', 'outputs'].every((role) => roles.some((ranks) => ranks.has(role)));
}

function isScalar(value: JsonValue): boolean {
  return typeof value !== 'object' || isFiniteNumber(value) || value === null;
}

/** A number, a boolean or a few words. */
function isLabel(value: JsonValue): boolean {
  return isScalar(value) && spell(value).length <= MAX_LABEL;
}

function isNumeric(value: JsonValue): boolean {
  return isFiniteNumber(readScore(value));
}
