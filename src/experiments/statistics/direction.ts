/** Which way a score is better, and how that is known. */
export interface Direction {
  readonly lowerIsBetter: boolean;
  /** `name` and `default` are assumed. */
  readonly source: 'option' | 'config' | 'name' | 'default';
}

/** What was said of the directions of scores. */
export interface Directions {
  /** As typed: true where lower is better. */
  readonly typed: ReadonlyMap<string, boolean>;
  /** As the feedback configs keep it. */
  readonly kept: ReadonlyMap<string, boolean>;
}

export function directionOf(key: string, { typed, kept }: Directions): Direction {
  const [asTyped, asKept] = [typed.get(key), kept.get(key)];
  if (asTyped !== undefined) return { lowerIsBetter: asTyped, source: 'option' };
  if (asKept !== undefined) return { lowerIsBetter: asKept, source: 'config' };
  return isKnownAsLower(key)
    ? { lowerIsBetter: true, source: 'name' }
    : { lowerIsBetter: false, source: 'default' };
}

/** Names of what nobody wants more of. `refusal` is none: of a harmful question it is the right answer. */
const LOWER = new Set([
  // What an answer should not hold: severities and rates of judges and moderation.
  ...['hallucination', 'hallucinations', 'toxicity', 'toxic', 'bias', 'harmfulness', 'harmful'],
  ...[
    'maliciousness',
    'stereotyping',
    'profanity',
    'hate',
    'unfairness',
    'violence',
    'contradiction',
  ],
  // Azure AI evaluation and Ragas: lower is safer, and less shaken by noise.
  ...['self_harm', 'noise_sensitivity'],
  // Failures.
  ...['error', 'errors', 'failure', 'failures', 'mistakes', 'violations', 'timeouts', 'retries'],
  // Rates of wrong words, characters and edits in speech and translation.
  ...['wer', 'cer', 'ter', 'edit_distance', 'distance', 'levenshtein_distance'],
  // Of models and regressions.
  ...[
    'perplexity',
    'ppl',
    'bits_per_byte',
    'loss',
    'nll',
    'mae',
    'mse',
    'rmse',
    'mape',
    'brier',
    'ece',
  ],
  // What an answer costs.
  ...['latency', 'duration', 'elapsed', 'runtime', 'response_time', 'ttft', 'time_to_first_token'],
  ...['cost', 'price', 'tokens'],
]);
/** What a name says of how the thing was counted. */
const SUFFIX =
  /_(?:score|rate|ratio|percent|pct|count|mean|avg|average|median|total|sum|min|max|std|p\d+|ms|s|sec|secs|seconds|usd|usage|metric|eval|evaluator|v\d+)$/;
const NEGATION = /(?:^|_)(?:no|non|not|without|anti)_/;
/** Parts of a path that name no score: `toxicity/v1/mean`, `word_perplexity,none`. */
const NO_NAME = /^(?:v?\d+|mean|avg|average|median|max|min|p\d+|score|value|none|)$/i;

/** Such as `hallucination_rate`, `answer-error`, `Toxicity`, `latencyMs`; not `no_hallucination`, `error_handling`. */
function isKnownAsLower(key: string): boolean {
  const name = key.split(/[/:.,]/).findLast((part) => !NO_NAME.test(part)) ?? '';
  let words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, '_');
  if (NEGATION.test(words)) return false;
  while (SUFFIX.test(words)) words = words.replace(SUFFIX, '');
  const parts = words.split('_');
  return parts.some((_, at) => LOWER.has(parts.slice(at).join('_')));
}
