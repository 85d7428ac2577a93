import { USAGE_NAMES, USAGE_OBJECTS } from '../format-kit/usage.js';
import { type ColumnFacts, holdsOnly } from './facts.js';
import {
  type Candidate,
  type Filled,
  fitComment,
  fitInputs,
  fitLatency,
  fitOutcome,
  fitOwnField,
  fitPayload,
  fitProvider,
  fitScore,
  fitSystem,
  fitTime,
  fitUsage,
  holding,
  isVerdict,
  type Place,
} from './fit.js';
import { squeeze, unitOf, withoutUnit } from './names.js';

/** What columns may be. */
export interface Role {
  /** The role is left out where one of these heads of targets is filled already; by default its own name. */
  readonly fills?: readonly string[];
  /**
   * Names in order of preference, in any case and with or without underscores. Those after a | count only where none
   * before it has values. Without names, any column is a candidate.
   */
  readonly names?: string;
  /** Which of the columns that fit have the role; several for `only` one are rivals, and a person must choose. */
  readonly takes: 'all' | 'all of a tier' | 'one per target' | 'first' | 'only';
  /** Where the values of a candidate go; undefined if they do not fit. */
  readonly fit: (column: Candidate, filled: Filled) => Place | undefined;
}

const ERROR: Place = { target: ['error'] };
const ERRORS = 'error error_message exception failed_reason error_type';

/**
 * What a column may be, in order of precedence: a column that could have several roles has the first that takes it.
 * The names head tables of results in public repositories.
 */
export const ROLES: Readonly<Record<string, Role>> = {
  ownField: { takes: 'all', fit: fitOwnField },
  outputs: {
    // What says that it was predicted comes first; next to it, `answer` is the right one.
    names: `pred prediction predictions predicted generated generated_text |
      outputs output response responses completion completions actual_output actual_outputs actual generation generations
      model_patch model_output candidate hypothesis | answer | result`,
    takes: 'only',
    fit: fitPayload('outputs'),
  },
  reference_outputs: {
    names: `reference_outputs reference_output reference references ref ground_truth ground_truths gt expected
      expected_output expected_outputs truth target label correct_answer correct_option canonical_solution gold golden
      ideal human_answer correct_chunks answer_key | answer answers solution actual`,
    takes: 'all of a tier',
    fit: fitPayload('reference_outputs'),
  },
  inputs: {
    names: `inputs input question questions user_input query prompt instruction user_query query_text user_message problem
      input_text prompt_text question_text | messages conversation text ctx doc document article passage sentence
      utterance claim | task scenario test_case case test_name topic title source
      question_id task_id prompt_id instance_id custom_id`,
    takes: 'all of a tier',
    fit: fitInputs,
  },
  context: {
    names: `text ctx doc document article passage contexts context retrieved_contexts retrieval_context documents passages choices options`,
    takes: 'all',
    fit: ({ name }) => ({ target: ['inputs', name.trim()] }),
  },
  model: {
    names: 'model model_name model_id model_name_or_path generator',
    takes: 'first',
    fit: holding(['model'], 'text', 'number'),
  },
  provider: { names: 'provider', takes: 'first', fit: fitProvider },
  experiment: {
    names: `pipeline_name pipeline arm system system_name variant method technique experiment
      experiment_name`,
    takes: 'all',
    fit: fitSystem,
  },
  start_time: {
    names: 'start_time started_at timestamp created_at tstamp date',
    takes: 'first',
    fit: fitTime('start_time'),
  },
  end_time: {
    names: 'end_time completed_at ended_at finished_at',
    takes: 'first',
    fit: fitTime('end_time'),
  },
  latency: {
    fills: ['latency', 'latency_ms'],
    names: `latency response_time execution_time wall_clock wall_clock_time wall_time duration elapsed elapsed_time
      total_time total_latency run_time inference_time generation_time time_per_example`,
    takes: 'first',
    fit: fitLatency,
  },
  usage: {
    names: `${USAGE_NAMES} ${USAGE_OBJECTS}`,
    takes: 'one per target',
    fit: fitUsage,
  },
  error: {
    names: ERRORS,
    takes: 'first',
    fit: (column) => (column.kinds.has('text') || column.kinds.has('object') ? ERROR : undefined),
  },
  errorCode: { fills: ['error'], names: ERRORS, takes: 'first', fit: () => ERROR },
  /** Metadata, but no score. */
  repetition: {
    names: 'repetition_number repetition repeat trial epoch iteration sample_idx run',
    takes: 'all',
    fit: () => undefined,
  },
  id: {
    names: `id doc_id sample_id test_case_id question_number row_id idx index example_id question_id task_id prompt_id
      instance_id custom_id`,
    takes: 'first',
    fit: holding(['id'], 'number', 'text'),
  },
  score: { takes: 'all', fit: fitScore },
  comment: { takes: 'one per target', fit: fitComment },
  outcome: { takes: 'all', fit: fitOutcome },
};

const ANSWER =
  '(?:answer|response|output|completion|label|text|sql|code|query|summary|translation|solution)s?';
/** Not before what a model gave: a person, a judge or the dataset said that. */
const OTHERS =
  'correct|gold|golden|gt|expected|reference|ref|ideal|true|right|truth|target|user|human|judge|grader|grading|evaluator|eval|evaluation|critic|critique|reviewer|verifier|raw|tool|error|has|is|num|n';
const BY_A_MODEL = `^.+(?<!(?:^|_)(?:${OTHERS}))`;

/** Names that no list could hold, such as `gold_sql`, `predicted_label` and `gpt_4o_answer`. */
const PATTERNS = [
  { role: 'reference_outputs', tier: 0, name: /^(?:gt|gold|golden|ground_truth|expected)_/ },
  {
    role: 'reference_outputs',
    tier: 0,
    name: new RegExp(`^(?:correct|reference|ref|ideal|true|right|target|human)_${ANSWER}$`),
  },
  { role: 'outputs', tier: 0, name: new RegExp(`^(?:predicted|generated|pred)_${ANSWER}$`) },
  {
    role: 'outputs',
    tier: 0,
    name: new RegExp(`${BY_A_MODEL}_(?:preds?|predictions?|predicted|generated)$`),
    isText: true,
  },
  {
    role: 'outputs',
    tier: 1,
    name: new RegExp(`${BY_A_MODEL}_(?:answer|response|output|completion)s?$`),
    isText: true,
  },
];

/** Names before the first | have ranks below it. */
export const TIER = 100;

const RANKS = new Map<string, Map<string, number>>();
for (const [role, { names = '' }] of Object.entries(ROLES)) {
  for (const [tier, list] of names.split('|').entries()) {
    for (const [at, name] of list.trim().split(/\s+/).entries()) {
      const ranks = RANKS.get(squeeze(name)) ?? new Map<string, number>();
      RANKS.set(squeeze(name), ranks.set(role, tier * TIER + at));
    }
  }
}

/** The roles that a column is named for, and its rank in each. */
export function ranksOf(column: ColumnFacts): ReadonlyMap<string, number> {
  const { snake } = column;
  if (isVerdict(column)) return new Map();
  const listed = RANKS.get(squeeze(snake));
  if (listed) return listed;
  const latency = unitOf(snake) && RANKS.get(squeeze(withoutUnit(snake)))?.get('latency');
  if (latency !== undefined) return new Map([['latency', latency]]);
  const isText =
    column.count > 0 && !holdsOnly(column, 'number', 'boolean', 'pass', 'yes', 'list', 'object');
  const found = PATTERNS.find((one) => one.name.test(snake) && (isText || !one.isText));
  // The last of its tier.
  return new Map(found ? [[found.role, (found.tier + 1) * TIER - 1]] : []);
}
