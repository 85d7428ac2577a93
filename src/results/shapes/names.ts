import { toSnake } from '../named-columns/names.js';
import { soundsLikeScore } from '../named-columns/score-names.js';

/** Lists that are parts of one row, even if each of their elements has an input and an output. */
const PARTS =
  /^(?:messages|turns?|conversations?|dialog(?:ue)?s?|chat|history|chat_history|transcript|steps?|intermediate_steps|traces?|trajectory|spans|events|logs|actions|tool_calls|calls|children|child_runs|few_?shots?(?:_examples)?|shots|demos|demonstrations|contexts?|retrieved\w*|documents|docs|chunks|sources|choices|metrics|metrics_data|scores|feedback|evaluations|evals|assertions|checks|grades|judg(?:e)?ments)$/;

/** A list that holds some of the rows of another, or the rows by how they ended. */
const OUTCOMES =
  /^(?:pass(?:ed|es|ing)?|fail(?:ed|ures?|ing)?|errors?|errored|success(?:es|ful)?|successes|succeeded|correct|incorrect|right|wrong|skipped|timeouts?|valid|invalid|worst|best|top|samples?|regressions|improvements|mistakes|misses|hits|hard_cases|outliers|highlights)(?:_(?:cases|examples|samples|results|rows|items|tests|questions))?$/;

const SPLITS =
  /^(?:train(?:ing)?|val(?:id|idation)?|dev(?:elopment)?|test(?:ing)?|eval(?:uation)?|holdout)$/;

/** Names of what tells one system from another, the plainest first; after the | those of parts of a dataset, too. */
const [SYSTEMS = [], PARTS_TOO = []] =
  `system system_name variant mode method technique approach strategy pipeline
  pipeline_name arm configuration config experiment experiment_name prompt_version version | name label title run
  run_name run_id id key`
    .split('|')
    .map((names) => names.trim().split(/\s+/));
const LABELS = [...SYSTEMS, ...PARTS_TOO];

/** Counts, sums and means of the rows below, not facts about them. */
const SUMMARY =
  /^(?:avg|mean|average|median|overall|total|sum|num|n|count|min|max|std|p\d+)_|^(?:n|count|total|num|size)$|_(?:rate|avg|mean|std|count|total|accuracy|rates|counts)$|^(?:summary|summaries|metrics|stats|statistics|aggregates?|aggregated?_\w+|totals|overall|performance|averages|means|scores|timings?|usage)$/;

export function isPart(name: string): boolean {
  return PARTS.test(toSnake(name));
}

export function isOutcome(name: string): boolean {
  return OUTCOMES.test(toSnake(name));
}

export function isSplit(name: string): boolean {
  return SPLITS.test(toSnake(name));
}

export function isSummary(name: string): boolean {
  return SUMMARY.test(toSnake(name)) || soundsLikeScore(name);
}

/** How well a name tells systems apart: the lowest best; undefined if it does not. */
export function labelRank(name: string): number | undefined {
  const at = LABELS.indexOf(toSnake(name));
  return at === -1 ? undefined : at;
}

/** Whether it names systems and nothing else. */
export function isSystem(name: string): boolean {
  return SYSTEMS.includes(toSnake(name));
}

/** These say nothing of what is in them. */
const ANYTHING =
  /^(?:results?|runs?|data|outputs?|evaluations?|evals?|details?|experiments?|rows|items|reports?|entries|responses|predictions|answers)$/;

/** What one member of a list or object is called: `group` if its name says nothing. */
export function memberName(name: string): string {
  const plain = toSnake(name).replace(/^(?:by|per)_|_results$/g, '');
  return ANYTHING.test(plain) ? 'group' : singular(plain);
}

/** One of what a plural names. */
export function singular(name: string): string {
  if (/ies$/i.test(name)) return `${name.slice(0, -3)}y`;
  return /[^su]s$/i.test(name) ? name.slice(0, -1) : name;
}
