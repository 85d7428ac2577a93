/** What a column may be, by its name alone. */
export type Role =
  | 'inputs'
  | 'context'
  | 'reference'
  | 'outputs'
  | 'error'
  | 'start_time'
  | 'end_time'
  | 'latency'
  | 'tokens'
  | 'cost'
  | 'model'
  | 'system'
  | 'provider'
  | 'repetition'
  | 'id';

/** A name's role, and where in the list of its role it stands: of several candidates the first is preferred. */
export interface NamedRole {
  readonly role: Role;
  readonly rank: number;
}

/**
 * Names that head tables of results in public repositories, in order of preference; underscores and case are of no
 * account. What follows a | is meant only where nothing before it is there.
 */
const NAMES: Readonly<Record<Role, string>> = {
  inputs: `inputs input question user_input query prompt instruction user_query query_text user_message problem |
    messages conversation text ctx doc | question_id task_id instance_id custom_id`,
  context:
    'contexts context retrieved_contexts retrieval_context documents passages choices options',
  reference: `reference_outputs reference_output reference ground_truth expected expected_output expected_outputs
    ground_truths references truth target label correct_answer canonical_solution gold gold_answer ideal reference_answer correct_chunks
    answer_key`,
  outputs: `outputs output answer response completion actual_output actual_outputs pred prediction predictions
    model_patch generation generated_text model_output generated_answer result`,
  error: 'error error_message exception failed_reason error_type',
  start_time: 'start_time started_at timestamp created_at tstamp date',
  end_time: 'end_time completed_at ended_at finished_at',
  latency: `latency response_time execution_time wall_clock wall_clock_time wall_time duration elapsed elapsed_time
    total_time run_time inference_time generation_time time_per_example`,
  tokens: `input_tokens output_tokens total_tokens prompt_tokens completion_tokens input_token_count
    output_token_count prompt_token_count completion_token_count total_token_count token_count tokens cache_read_tokens
    cache_write_tokens cache_read_input_tokens cache_creation_input_tokens reasoning_tokens token_usage usage`,
  cost: 'total_cost cost cost_usd total_cost_usd estimated_cost price_per_example input_cost output_cost',
  model: 'model model_name model_id model_name_or_path generator',
  system: `pipeline_name pipeline arm system system_name variant method technique experiment
    experiment_name`,
  provider: 'provider',
  repetition: 'repetition_number repetition repeat trial epoch iteration sample_idx run',
  id: `id doc_id sample_id test_case_id question_number row_id idx index example_id question_id task_id instance_id
    custom_id`,
};

const ROLES = new Map<string, NamedRole>();
/** A name may be an id where it is not needed for anything else. */
const IDS = new Map<string, number>();
for (const [role, names] of Object.entries(NAMES) as [Role, string][]) {
  for (const [tier, list] of names.split('|').entries()) {
    for (const [at, name] of list.trim().split(/\s+/).entries()) {
      const rank = tier * 100 + at;
      if (role === 'id') IDS.set(squeeze(name), rank);
      if (!ROLES.has(squeeze(name))) ROLES.set(squeeze(name), { role, rank });
    }
  }
}

/** Inputs that stand for the question only where none is there. */
export const TIER_OF_TEXTS = 100;
/** The same of ids, which are inputs if there is nothing else. */
export const TIER_OF_IDS = 200;

/** Where in usage_metadata a count or a cost goes. @see https://docs.smith.langchain.com, log-llm-trace */
const USAGE: Readonly<Record<string, readonly string[]>> = {
  inputtokens: ['input_tokens'],
  prompttokens: ['input_tokens'],
  inputtokencount: ['input_tokens'],
  prompttokencount: ['input_tokens'],
  outputtokens: ['output_tokens'],
  completiontokens: ['output_tokens'],
  outputtokencount: ['output_tokens'],
  completiontokencount: ['output_tokens'],
  totaltokens: ['total_tokens'],
  totaltokencount: ['total_tokens'],
  tokens: ['total_tokens'],
  tokencount: ['total_tokens'],
  cachereadtokens: ['input_token_details', 'cache_read'],
  cachereadinputtokens: ['input_token_details', 'cache_read'],
  cachewritetokens: ['input_token_details', 'cache_creation'],
  cachecreationinputtokens: ['input_token_details', 'cache_creation'],
  reasoningtokens: ['output_token_details', 'reasoning'],
  inputcost: ['input_cost'],
  outputcost: ['output_cost'],
};

/** A name in lower case, its words parted by underscores: `expectedOutput`, `Latency (ms)`, `RunID`. */
export function toSnake(name: string): string {
  return name
    .slice(0, MAX_NAME)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '');
}

/** Longer ones are in no list. */
const MAX_NAME = 200;

/** Of names that follow a rule, and are in no list. */
const LAST = 1000;

function squeeze(snake: string): string {
  return snake.replaceAll('_', '');
}

/** `latency_ms` is latency, in milliseconds. */
const UNIT = /_(ms|msec|msecs|millis|milliseconds|s|sec|secs|seconds)$/;

/** Answers of one of several models: `qwen_answer`. What makes no candidate is what a person or a judge said. */
const ANSWER_OF = /^(.+)_(?:answer|response|output|completion|prediction)$/;
const NOT_OF_A_MODEL =
  /(?:^|_)(?:correct|gold|golden|expected|reference|ideal|true|right|truth|target|user|human|judge|grader|evaluator|raw|tool|error|has|is|num|n)$/;

/** `Expected Answer`, and all that is like it. */
const RIGHT_ANSWER =
  /^(?:correct|golden|gold|expected|reference|ideal|true|right|ground_truth|target)_(?:answers?|responses?|outputs?|completions?|labels?|text)$/;

/** What a name is a synonym of. */
export function roleOf(name: string): NamedRole | undefined {
  const snake = toSnake(name);
  const known = ROLES.get(squeeze(snake));
  if (known) return known;
  if (RIGHT_ANSWER.test(snake)) return { role: 'reference', rank: LAST };
  const timed = UNIT.test(snake) && ROLES.get(squeeze(snake.replace(UNIT, '')));
  return timed && timed.role === 'latency' ? timed : undefined;
}

/** Rank among names of ids. */
export function rankAsId(name: string): number | undefined {
  return IDS.get(squeeze(toSnake(name)));
}

/** Whether a column may hold what one of several models answered. */
export function isAnswerOfOne(name: string): boolean {
  const of = ANSWER_OF.exec(toSnake(name))?.[1];
  return of !== undefined && !NOT_OF_A_MODEL.test(of);
}

/** The unit that a name tells. */
export function unitOf(name: string): 'ms' | 's' | undefined {
  const unit = UNIT.exec(toSnake(name))?.[1];
  return unit === undefined ? undefined : unit.startsWith('m') ? 'ms' : 's';
}

/** Where a count of tokens or a cost goes; undefined for an object of them. */
export function usagePathOf(name: string, role: 'tokens' | 'cost'): readonly string[] | undefined {
  return USAGE[squeeze(toSnake(name))] ?? (role === 'cost' ? ['total_cost'] : undefined);
}
