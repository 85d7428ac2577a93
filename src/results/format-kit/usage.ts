import {
  isJsonObject,
  isNumber,
  type JsonNumber,
  type JsonObject,
  type JsonValue,
} from '../../json/value.js';
import { squeeze, toSnake } from '../named-columns/names.js';
import { remember } from '../remember.js';
import { known } from './members.js';
import { RecordReader } from './reader.js';
import { isFiniteNumber, readScore } from './values.js';

/**
 * Names of counts and costs, by their place in LangSmith's usage_metadata, the preferred first: OpenAI's, Anthropic's,
 * Gemini's, Bedrock's, LangChain's, the AI SDK's, Ollama's, and those of harnesses. Case and underscores are of no
 * matter. @see https://docs.langchain.com/langsmith/log-llm-trace
 */
const NAMES: Readonly<Record<string, string>> = {
  input_tokens: `input_tokens prompt_tokens input_token_count prompt_token_count num_prompt_tokens num_input_tokens
    total_input_tokens prompt_eval_count tokens_in tokens_input
    n_prompt_tokens n_input_tokens attributes_llm_token_count_prompt gen_ai_usage_input_tokens gen_ai_usage_prompt_tokens`,
  output_tokens: `output_tokens completion_tokens output_token_count completion_token_count candidates_token_count
    num_completion_tokens num_output_tokens total_output_tokens eval_count tokens_out tokens_output
    n_completion_tokens n_output_tokens n_generated_tokens num_generated_tokens generated_tokens
    attributes_llm_token_count_completion gen_ai_usage_output_tokens gen_ai_usage_completion_tokens`,
  total_tokens: `total_tokens total_token_count token_count tokens tokens_used total_tokens_used
    attributes_llm_token_count_total`,
  'input_token_details.cache_read': `cache_read_input_tokens cache_read_tokens cached_tokens cached_input_tokens
    cached_content_token_count input_tokens_cache_read prompt_cached_tokens prompt_cache_hit_tokens input_cached_tokens`,
  'input_token_details.cache_creation': `cache_creation_input_tokens cache_write_input_tokens cache_creation_tokens
    cache_write_tokens input_tokens_cache_write prompt_cache_creation_tokens`,
  'input_token_details.ephemeral_5m_input_tokens': 'ephemeral_5m_input_tokens',
  'input_token_details.ephemeral_1h_input_tokens': 'ephemeral_1h_input_tokens',
  'input_token_details.audio': 'prompt_audio_tokens input_audio_tokens',
  'output_token_details.reasoning': `reasoning_tokens thoughts_token_count thinking_tokens output_reasoning_tokens
    completion_reasoning_tokens`,
  'output_token_details.audio': 'completion_audio_tokens output_audio_tokens',
  total_cost: `total_cost total_cost_usd cost cost_usd usd_cost estimated_cost estimated_cost_usd total_estimated_cost
    response_cost token_cost price_per_example calculated_total_cost api_cost llm_cost`,
  input_cost: 'input_cost prompt_cost input_cost_usd prompt_cost_usd calculated_input_cost',
  output_cost: `output_cost completion_cost output_cost_usd completion_cost_usd
    calculated_output_cost`,
};

/** Short names, and what they mean within some objects: `tokens: {input: 10, output: 5}`. */
type ShortNames = Readonly<Record<string, string>>;

const OF_TOKENS: ShortNames = {
  input_tokens: 'input prompt in',
  output_tokens: 'output completion out',
  total_tokens: 'total',
  'input_token_details.cache_read': 'cached cache_read',
  'input_token_details.cache_creation': 'cache_creation cache_write',
  'output_token_details.reasoning': 'reasoning thinking thoughts',
};
const OF_INPUT: ShortNames = {
  'input_token_details.cache_read': 'cached cache_read',
  'input_token_details.cache_creation': 'cache_creation cache_write',
  'input_token_details.audio': 'audio audio_tokens',
  'input_token_details.image': 'image image_tokens',
};
const OF_OUTPUT: ShortNames = {
  'output_token_details.reasoning': 'reasoning',
  'output_token_details.audio': 'audio audio_tokens',
  'output_token_details.image': 'image image_tokens',
};
const OF_COST: ShortNames = {
  total_cost: 'total',
  input_cost: 'input prompt',
  output_cost: 'output completion',
};

/** Names of objects of tokens. */
export const USAGE_OBJECTS =
  'usage token_usage tokens usage_metadata tokens_usage total_usage llm_usage token_counts usage_details';
const COST_OBJECTS = 'cost costs cost_details';
const INPUT_DETAILS = `prompt_tokens_details input_tokens_details prompt_token_details input_token_details prompt_details
  input_details cache_creation`;
const OUTPUT_DETAILS = `completion_tokens_details output_tokens_details completion_token_details output_token_details
  completion_details output_details`;

/** All names of counts and costs that need no object around them, in order of preference. */
export const USAGE_NAMES = Object.values(NAMES).join(' ');

/** What names mean at some place, each with its rank, and objects below that place. */
interface Names {
  readonly counts: ReadonlyMap<string, { readonly path: string; readonly rank: number }>;
  readonly below: ReadonlyMap<string, Names>;
}

function index(short: ShortNames, below: Readonly<Record<string, Names>> = {}): Names {
  const counts = [...Object.entries(NAMES), ...Object.entries(short)].flatMap(([path, names]) =>
    names.split(/\s+/).map((name) => ({ name: squeeze(name), path })),
  );
  return {
    counts: new Map(counts.map(({ name, path }, rank) => [name, { path, rank }])),
    below: new Map(
      Object.entries(below).flatMap(([names, within]) =>
        names.split(/\s+/).map((name) => [squeeze(name), within] as const),
      ),
    ),
  };
}

const WITHIN = index(OF_TOKENS, {
  [INPUT_DETAILS]: index(OF_INPUT),
  [OUTPUT_DETAILS]: index(OF_OUTPUT),
  [COST_OBJECTS]: index(OF_COST),
});
const LOOSE = index({}, { [USAGE_OBJECTS]: WITHIN, [COST_OBJECTS]: index(OF_COST) });

const spell = remember((name) => squeeze(toSnake(name)));

/** Where in usage_metadata a count or a cost goes that stands among other things. */
export function usagePathOf(name: string): readonly string[] | undefined {
  return LOOSE.counts.get(spell(name))?.path.split('.');
}

/**
 * Whether a field among others may tell tokens or a cost.
 *
 * @param stated what is stated already, in LangSmith's words.
 */
export function isUsageName(name: string, stated: JsonObject): boolean {
  const [head] = usagePathOf(name) ?? [];
  return head === undefined ? LOOSE.below.has(spell(name)) : !Object.hasOwn(stated, head);
}

/** Whether LangSmith counts a usage_metadata in full as it is. */
export function isCounted(usage: JsonValue): boolean {
  if (!isJsonObject(usage)) return false;
  return Object.keys(usage).every((name) => {
    const value = usage[name] ?? null;
    if (value === null) return true;
    if (!DETAILS.has(name)) return TOTALS.has(name) && readCount(value, name) === value;
    return isJsonObject(value) && Object.values(value).every((one) => isFiniteNumber(one));
  });
}

/** Members of usage_metadata. @see npm langsmith, schemas.ts, UsageMetadata */
const TOTALS = new Set(Object.keys(NAMES).filter((path) => !path.includes('.')));
const DETAILS = new Set([
  'input_token_details',
  'output_token_details',
  'input_cost_details',
  'output_cost_details',
]);

/** A count or a cost, and the name that it had. */
interface Stated {
  readonly value: number | JsonNumber;
  readonly name: string;
}

/**
 * Reads an object of tokens and costs, or several of which each is a call, as LangSmith counts them: `input_tokens`
 * includes what was read from and written to a cache, `output_tokens` what was only thought.
 *
 * @returns `{usage_metadata}`, or `{}` if nothing is stated.
 */
export function readUsage(...given: readonly (RecordReader | RecordReader[])[]): JsonObject {
  return addUp(given.flat().map((usage) => takeCounts(usage, WITHIN)));
}

/** Reads tokens and costs, and objects of them, that stand among other members of a record. */
export function readLooseUsage(...given: readonly (RecordReader | RecordReader[])[]): JsonObject {
  return addUp(given.flat().map((record) => takeCounts(record, LOOSE)));
}

/** The sum of those counts that are stated; undefined if none is. */
export function sumCounts(counts: readonly (JsonValue | undefined)[]): number | undefined {
  const stated = counts.filter(isNumber);
  return stated.length > 0
    ? stated.reduce<number>((sum, count) => sum + Number(count), 0)
    : undefined;
}

/** `{usage_metadata}` of counts that a format has made itself. */
export function usageOf(usage: { readonly [kind: string]: JsonValue | undefined }): JsonObject {
  return readUsage(new RecordReader(known(usage)));
}

/** Takes the counts and costs of a record, each by its preferred name; what is no count stays. */
function takeCounts(record: RecordReader, names: Names): Map<string, Stated> {
  const stated = new Map<string, Stated>();
  const left = record.left();
  const ranked = left
    .flatMap((name) => ({ name, ...names.counts.get(spell(name)) }))
    .sort((one, other) => (one.rank ?? 0) - (other.rank ?? 0));
  for (const { name, path } of ranked) {
    const value = path && !stated.has(path) ? readCount(record.record[name], path) : undefined;
    if (path === undefined || value === undefined) continue;
    stated.set(path, { value, name: spell(name) });
    record.leaveOut(name);
  }
  for (const name of left) {
    const within = names.below.get(spell(name));
    if (!within || !isJsonObject(record.record[name])) continue;
    for (const [path, one] of takeCounts(record.open(name), within))
      if (!stated.has(path)) stated.set(path, one);
  }
  return stated;
}

/** Counts are whole, and may be written as text or `12.0`; -1 stands for none. */
function readCount(value: JsonValue | undefined, path: string): number | JsonNumber | undefined {
  const figure = readScore(value);
  if (!isFiniteNumber(figure) || Number(figure) < 0) return undefined;
  if (path.endsWith('cost')) return figure;
  return Number.isSafeInteger(Number(figure)) ? Number(figure) : undefined;
}

function addUp(calls: readonly ReadonlyMap<string, Stated>[]): JsonObject {
  const sums = new Map<string, number | JsonNumber>();
  for (const call of calls) {
    for (const [path, value] of countAsLangSmith(call)) {
      const sum = sums.get(path);
      sums.set(path, sum === undefined ? value : Number(sum) + Number(value));
    }
  }
  const usage: { [name: string]: JsonObject | number | JsonNumber } = {};
  for (const path of ORDER) {
    const value = sums.get(path);
    const [head = '', part] = path.split('.');
    if (value === undefined) continue;
    if (part === undefined) usage[head] = value;
    else usage[head] = { ...(usage[head] as JsonObject | undefined), [part]: value };
  }
  return known({ usage_metadata: known(usage) });
}

const ORDER = [...new Set([NAMES, OF_INPUT, OF_OUTPUT].flatMap(Object.keys))];

const CACHE = 'input_token_details.';
const REASONING = 'output_token_details.reasoning';

/**
 * Adds to the input what some count apart from it: what a cache held (Anthropic, Bedrock), and to the output what was
 * only thought (Gemini). A total says which it is; without one, the names do.
 *
 * @see https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching, tracking cache performance
 * @see https://ai.google.dev/api/generate-content, UsageMetadata
 */
function countAsLangSmith(stated: ReadonlyMap<string, Stated>): Map<string, number | JsonNumber> {
  const counts = new Map([...stated].map(([path, { value }]) => [path, value]));
  const count = (path: string) => Number(counts.get(path) ?? 0);
  const kept = ['5m', '1h'].map((time) => count(`${CACHE}ephemeral_${time}_input_tokens`));
  const written = kept.reduce((sum, one) => sum + one, 0);
  // LangSmith prices both: tokens that are counted by how long they are cached are not counted again.
  const cached = count(`${CACHE}cache_read`) + (written || count(`${CACHE}cache_creation`));
  if (written > 0) counts.delete(`${CACHE}cache_creation`);
  const [input, output, thought] = [
    count('input_tokens'),
    count('output_tokens'),
    count(REASONING),
  ];
  const total = counts.has('total_tokens') ? count('total_tokens') : undefined;

  const sums = [
    { cached: 0, thought: 0 },
    { cached, thought: 0 },
    { cached: 0, thought },
    { cached, thought },
  ];
  const apart = sums.find((one) => input + one.cached + output + one.thought === total) ?? {
    cached: isCachedApart(stated) ? cached : 0,
    thought: stated.get('output_tokens')?.name === 'candidatestokencount' ? thought : 0,
  };
  const all = {
    input: input + (cached > input ? cached : apart.cached),
    output: output + (thought > output ? thought : apart.thought),
  };
  if (counts.has('input_tokens')) counts.set('input_tokens', all.input);
  if (counts.has('output_tokens')) counts.set('output_tokens', all.output);
  if (counts.has('input_tokens') && counts.has('output_tokens'))
    counts.set('total_tokens', Math.max(total ?? 0, all.input + all.output));
  return counts;
}

function isCachedApart(stated: ReadonlyMap<string, Stated>): boolean {
  const names = ['cache_read', 'cache_creation'].map(
    (kind) => stated.get(CACHE + kind)?.name ?? '',
  );
  const isOfInput = names.some((name) => /^cache(?:read|creation|write)inputtokens$/.test(name));
  return stated.get('input_tokens')?.name === 'inputtokens' && isOfInput;
}
