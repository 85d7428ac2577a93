import { USAGE_NAMES, USAGE_OBJECTS } from '../format-kit/usage.js';
import {
  type Candidate,
  type Filled,
  type FittedPlacement,
  fitComment,
  fitInputs,
  fitLatency,
  fitOutcome,
  fitOwnField,
  fitPayload,
  fitProvider,
  fitScore,
  fitSubject,
  fitSystem,
  fitTime,
  fitUsage,
  holding,
} from './fit.js';
import { fitScoreObject } from './fit-score-object.js';
import { listWords, squeeze, unitOf, withoutUnit } from './names.js';

/** What columns may be. */
export interface Role {
  /** The role is left out where one of these heads of targets is filled already; by default its own name. */
  readonly fills?: readonly string[];
  /**
   * Tiers of names in order of preference, in any case and with or without underscores; of a payload, those that its
   * grammar does not know. A tier counts only where none before it has values. Without names, any column is a candidate.
   */
  readonly names?: readonly string[];
  /** Which of the columns that fit have the role; several for `only` one are rivals, and a person must choose. */
  readonly takes: 'all' | 'all of a tier' | 'one per target' | 'first' | 'only';
  /** Where the values of a candidate go; undefined if they do not fit. */
  readonly fit: (column: Candidate, filled: Filled) => FittedPlacement | undefined;
}

const ERROR: FittedPlacement = { target: ['error'] };
const ERRORS = ['error error_message error_msg exception failed_reason error_type'];
/** Names of example ids; a row may have an id of its own as well. */
const IDS = `test_case_id question_id task_id prompt_id instance_id custom_id qid query_id problem_id case_id test_id item_id uid`;

/** option_a, choice_1 */
const CHOICES = join(['option', 'choice', 'opt'], [...'abcde12345']);
/** retrieved_docs, top_k_ids */
const RETRIEVED = join(
  ['retrieved', 'ranked', 'top_k'],
  ['ids', 'docs', 'documents', 'doc_ids', 'document_ids', 'chunks', 'passages', 'results'],
);

function join(firsts: readonly string[], lasts: readonly string[]): string {
  return firsts.flatMap((first) => lasts.map((last) => `${first}_${last}`)).join(' ');
}

/**
 * What a column may be, in order of precedence: a column that could have several roles has the first that takes it.
 * The names head tables of results in public repositories; what columns say of each other is in compare.ts.
 */
export const ROLES: Readonly<Record<string, Role>> = {
  ownField: { takes: 'all', fit: fitOwnField },
  outputs: {
    names: [
      // predicted, final: the grammar knows them.
      '',
      '',
      // Next to `expected`; a translation next to `src` and `ref`; a patch of SWE-bench.
      'outputs actual extracted mt model_patch bot_message assistant_message ai_message agent_message',
      // Next to `q`.
      'a',
      // raw, products.
      '',
      '',
      // Next to `expected`, in reports of tests; and what a search found, where nothing was said about it.
      `got observed obtained received returned ${RETRIEVED}`,
    ],
    takes: 'only',
    fit: fitPayload('outputs'),
  },
  reference_outputs: {
    names: [
      // Of classes, code (HumanEval), summaries (CNN/DailyMail), multiple choice, retrieval.
      `reference_outputs label labels canonical_solution highlights answer_key correct_chunks relevant_ids relevant_docs
        relevant_documents relevant_doc_ids relevant_chunks relevant_passages want wanted should_be`,
      // Next to `predicted`.
      'actual',
    ],
    takes: 'all of a tier',
    fit: fitPayload('reference_outputs'),
  },
  criteria: {
    // What an answer must have is part of the reference.
    names: [
      `rubric rubrics criteria must_contain must_contain_any must_contain_all must_include must_mention must_not_contain
        key_points key_facts`,
    ],
    takes: 'all',
    fit: ({ name }) => ({ target: ['reference_outputs', name.trim()] }),
  },
  inputs: {
    names: [
      // What was asked.
      `inputs input question questions query queries prompt prompts instruction instructions user_input user_query
        query_text user_message premise problem request input_text prompt_text question_text ask q`,
      // What was to be worked on: summaries, classes, claims to check, tickets.
      `messages conversation text ctx doc document article passage sentence utterance claim email ticket review tweet post
        dialogue dialog transcript paragraph story complaint headline snippet`,
      // What stands for it: names of tests, sources of translations, code to label, files of images and sounds, ids.
      `task scenario test_case case test_name test topic title source src content body description code image image_path
        image_url audio audio_file video file file_path filename url ${IDS}`,
    ],
    takes: 'all of a tier',
    fit: fitInputs,
  },
  context: {
    // What was found for a question, or came with it.
    names: [
      `text ctx doc document article passage context contexts retrieved_context retrieved_contexts retrieval_context
        documents passages choices options ${CHOICES} chat_history conversation_history history`,
    ],
    takes: 'all',
    // Alone they are not what was asked.
    fit: ({ name }, { heads }) =>
      heads.has('inputs') ? { target: ['inputs', name.trim()] } : undefined,
  },
  subject: {
    // Without it, the same question about another picture, database or set of choices would be the same example.
    names: [
      `a b c d e image image_path image_url image_file audio audio_file video db_id database db_schema table_id`,
    ],
    takes: 'all',
    fit: fitSubject,
  },
  model: {
    names: ['model model_name model_id model_name_or_path generator llm llm_model llm_name'],
    takes: 'first',
    fit: holding(['model'], 'text', 'number'),
  },
  provider: { names: ['provider'], takes: 'first', fit: fitProvider },
  experiment: {
    names: [
      `pipeline_name pipeline arm system system_name variant method technique experiment
        experiment_name`,
    ],
    takes: 'all',
    fit: fitSystem,
  },
  start_time: {
    names: ['start_time started_at start_time_unix_nano timestamp created_at tstamp date'],
    takes: 'first',
    fit: fitTime('start_time'),
  },
  end_time: {
    names: ['end_time completed_at ended_at finished_at end_time_unix_nano'],
    takes: 'first',
    fit: fitTime('end_time'),
  },
  latency: {
    fills: ['latency', 'latency_ms'],
    // Others end in a word of time: see isLatency.
    names: [
      `latency response_time execution_time wall_clock wall_clock_time wall_time wall duration elapsed elapsed_time
        total_time total_ms total_s total_sec total_seconds total_latency run_time runtime inference_time generation_time processing_time time_taken
        time_per_example`,
      // Without a unit it may be when.
      'time_s time_sec time_seconds time_ms time_us time_ns',
    ],
    takes: 'first',
    fit: fitLatency,
  },
  usage: { names: [`${USAGE_NAMES} ${USAGE_OBJECTS}`], takes: 'one per target', fit: fitUsage },
  error: {
    names: ERRORS,
    takes: 'first',
    fit: (column) => (column.kinds.has('text') || column.kinds.has('object') ? ERROR : undefined),
  },
  errorCode: { fills: ['error'], names: ERRORS, takes: 'first', fit: () => ERROR },
  /** Metadata, but no score. */
  repetition: {
    names: ['repetition_number repetition repeat trial epoch iteration sample_idx run'],
    takes: 'all',
    fit: () => undefined,
  },
  id: {
    names: [`id doc_id sample_id question_number row_id idx index example_id ${IDS}`],
    takes: 'first',
    fit: holding(['id'], 'number', 'text'),
  },
  score: { takes: 'all', fit: fitScore },
  scoreObject: { takes: 'all', fit: fitScoreObject },
  comment: { takes: 'one per target', fit: fitComment },
  outcome: { takes: 'all', fit: fitOutcome },
};

/** Names of one tier have ranks below the next one's. */
export const TIER = 100;

const RANKS = new Map<string, Map<string, number>>();
for (const [role, { names = [] }] of Object.entries(ROLES)) {
  for (const [tier, list] of names.entries()) {
    for (const [at, name] of listWords(list).entries()) {
      const ranks = RANKS.get(squeeze(name)) ?? new Map<string, number>();
      RANKS.set(squeeze(name), ranks.set(role, tier * TIER + at));
    }
  }
}

/** agent_latency and llm_duration_ms last as long as a row; what a judge or a search took is a part of it. */
function isLatency(snake: string): boolean {
  return (
    /(?:^|_)(?:latency|duration|elapsed|runtime|wall|took)$/.test(snake) &&
    !/(?:^|_)(?:judge|judg\w+|grad\w+|eval\w*|scor\w+|first|retriev\w+|search|rerank\w*|embed\w*|tool|db|audio|video)_/.test(
      snake,
    )
  );
}

/** The roles whose lists have a column's name, and its rank in each. */
export function listedRanks(snake: string): ReadonlyMap<string, number> {
  const listed = RANKS.get(squeeze(snake));
  if (listed) return listed;
  const bare = unitOf(snake) ? withoutUnit(snake) : snake;
  const latency = unitOf(snake) && RANKS.get(squeeze(bare))?.get('latency');
  const rank = latency ?? (isLatency(bare) ? TIER - 1 : undefined);
  return new Map(rank === undefined ? [] : [['latency', rank]]);
}
