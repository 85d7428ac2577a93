/** Rows of a support agent, as several versions of it answered them: the same each time. */
export interface AgentOptions {
  /** Which version: its answers and scores differ from those of others. */
  readonly version: number;
  readonly count: number;
  /** How often each example is answered. Default 1. */
  readonly repetitions?: number;
}

const TOPICS = ['billing', 'shipping', 'returns'] as const;
const PRODUCTS = ['lamp', 'kettle', 'desk', 'bicycle', 'tent'] as const;
const TONES = ['kind', 'neutral', 'rude'] as const;
const MODELS = ['small-1', 'small-2', 'large-1'] as const;
/** Two by two pixels of grey. */
const PICTURE =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAAC0lEQVR4nGNoAAIAAX4A/+bUYr0AAAAASUVORK5CYII=';

export function agentRows({ version, count, repetitions = 1 }: AgentOptions): object[] {
  return Array.from({ length: count * repetitions }, (_, at) =>
    agentRow(Math.floor(at / repetitions), version, at % repetitions),
  );
}

function agentRow(n: number, version: number, repetition: number): object {
  const chance = (what: number) => chanceOf(n, version * 31 + repetition * 7, what);
  const topic = pick(TOPICS, n);
  const isFailed = chance(1) < 0.03;
  const latency = Math.round((0.4 + chance(2) * 3 + version * 0.2) * 1000) / 1000;
  const usage = { input_tokens: 300 + (n % 50), output_tokens: 40 + Math.round(chance(3) * 200) };
  const cost = Math.round(usage.output_tokens * 0.002 * 1e6) / 1e6;
  return {
    id: `ticket-${n + 1}`,
    inputs: { messages: questionOf(n) },
    ...(isFailed
      ? { error: 'RateLimitError: 429 too many requests' }
      : { outputs: { messages: answerOf(n, version, chance) } }),
    reference_outputs: { answer: referenceOf(n) },
    latency,
    split: n % 10 === 0 ? 'test' : 'train',
    example_metadata: { topic, level: n % 3 },
    metadata: {
      ls_model_name: pick(MODELS, version),
      prompt: `v${version + 1}`,
      usage_metadata: {
        ...usage,
        total_tokens: usage.input_tokens + usage.output_tokens,
        total_cost: cost,
      },
    },
    ...(!isFailed && { scores: scoresOf(version, chance) }),
    child_runs: [
      {
        name: 'retrieve',
        run_type: 'retriever',
        inputs: { query: topic },
        outputs: { documents: [`${topic} policy`, `${topic} questions`] },
        child_runs: [
          { name: 'embed', run_type: 'embedding', inputs: { text: topic }, outputs: { size: 256 } },
        ],
      },
    ],
  };
}

function scoresOf(version: number, chance: (what: number) => number): object {
  const round = (value: number) => Math.round(value * 1e4) / 1e4;
  return {
    correct: chance(4) < 0.6 + version * 0.1,
    faithfulness: round(Math.min(1, chance(5) * 0.8 + version * 0.05)),
    judge: { score: 1 + Math.floor(chance(6) * 5), comment: 'It says what the policy says.' },
    answer_relevance_to_the_question_asked: round(chance(7)),
    toxicity: round(chance(8) * 0.01),
    tone: pick(TONES, Math.floor(chance(9) * 9)),
  };
}

function questionOf(n: number): object[] {
  const product = pick(PRODUCTS, n);
  const text = `Question ${n + 1}: may I send back the ${product} after ${(n % 40) + 1} days?`;
  const isPicture = n % 17 === 3;
  return [
    { role: 'system', content: 'You answer customers of a shop. Be brief.' },
    {
      role: 'user',
      content: isPicture
        ? [
            { type: 'text', text: `What is in picture ${n + 1}?` },
            { type: 'image_url', image_url: { url: PICTURE } },
          ]
        : text,
    },
  ];
}

function answerOf(n: number, version: number, chance: (what: number) => number): object[] {
  const product = pick(PRODUCTS, n);
  const days = (n % 40) + 1;
  if (chance(10) < 0.2) {
    const call = { name: 'find_order', arguments: JSON.stringify({ product, days }) };
    return [
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: call }],
      },
    ];
  }
  const isTable = n % 11 === 5;
  const words =
    chance(11) < 0.5
      ? 'You can return'
      : version === 0
        ? 'You cannot return'
        : 'Yes, you can return';
  const text = `${words} the ${product} within 30 days if it is **unused**. You asked after ${days} days.`;
  const table = `\n\n| plan | days |\n|---|---|\n| basic | 30 |\n| plus | ${60 + version} |`;
  return [{ role: 'assistant', content: isTable ? `# Returns\n\n${text}${table}` : text }];
}

function referenceOf(n: number): string {
  return `The ${pick(PRODUCTS, n)} can be returned within 30 days.`;
}

function pick<T>(from: readonly [T, ...T[]], n: number): T {
  return from[n % from.length] ?? from[0];
}

/** A number from 0 to 1 that looks random. */
function chanceOf(...seeds: readonly number[]): number {
  let state = 2_166_136_261;
  for (const seed of seeds) {
    state = Math.imul(state ^ (seed + 1), 16_777_619) >>> 0;
    state = Math.imul(state ^ (state >>> 15), 2_246_822_519) >>> 0;
  }
  return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
}
