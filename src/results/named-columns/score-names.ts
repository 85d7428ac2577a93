import { listWords, toSnake, wordsOf } from './names.js';

/*
 * The one list of what a score is called. Formats in which users add columns of their own, such as Ragas, use it too.
 */

/** Words of metrics, wherever they are in a name: answer_f1, Context Recall, is_correct, recall@10, judge_verdict. */
const METRICS = new Set(
  listWords(`score correct correctness incorrect pass passed fail failed success successful solved resolved acc accurate
    precision recall relevant faithful grounded supported mrr ndcg f1 f2 em exact match matched overlap meteor comet chrf
    wer cer judgment judgement verdict rating star grade reward perplexity ppl win won citation hit valid refusal refused
    overall cider toxic harmful biased helpful honest fluent coherent concise sacrebleu ter mae mse rmse levenshtein jaccard cosine iou auc kappa sas confidence safe unsafe safety`),
);
/** rouge1, bleu_4, hallucination, hallucinated. */
const METRIC_STEM = /^(?:rouge|bleu|bert_?score|hallucinat)/;
/** Qualities are rated: helpfulness, toxicity, relevance, accuracy. */
const QUALITY = /^[a-z]{3,}(?:ness|ity|ance|ence|ancy|ency|acy)$/;
const NO_QUALITY = new Set(
  listWords(`difficulty priority severity complexity quantity capacity ability identity entity city university activity
    popularity security community availability cardinality modality probability velocity density instance distance balance
    allowance insurance variance tolerance finance sentence reference sequence preference evidence occurrence difference
    audience experience science absence existence inference conference frequency currency latency agency emergency
    dependency concurrency vacancy occupancy legacy pharmacy privacy hardness business illness witness nationality
    ethnicity speciality facility personality authority municipality charity celebrity locality seniority residence
    polarity intensity`),
);
/** Where a name ends in one of these, a column may be a judgement in words. */
const VERDICTS = new Set(listWords('score judgment judgement verdict rating grade'));

/** Last words of numbers that say how much, when or which, not how good: answer_length, chunk_size, year, top_k. */
const FIGURES = new Set(
  listWords(`count len length size token id ids uid idx index rank used turn retry retrieved iteration attempt trial run
    round epoch fold batch seed order duration elapsed time timestamp ttft date latency temperature temp threshold limit
    budget alpha beta version year month week day hour minute second sec ms us ns nr num no number byte age price amount
    cost usd salary income level delta diff difficulty priority severity complexity weight height width depth population quantity k p
    std stddev variance min max offset position start end`),
);
/** Last words that are counted where a number follows, and may be said otherwise: tool_calls, generated_code. */
const COUNTED = new Set(
  listWords(`call step page row line char character word sentence doc document chunk context source hop shot layer sample
    question example code`),
);
/** First words of counts and settings: n_docs, num_correct, max_tokens, use_reranker, with_rag. */
const SETTINGS = new Set(
  listWords(`n num nr no number count fewshot max min std stdev stddev top k chunk batch config dataset prompt use using with without enable
    enabled has need require include included`),
);
/** First words of limits, also of scores: max_score. */
const LIMITS = new Set(listWords('max min std stdev n num expected'));
/** Wherever they are in a name without a metric, it is no score: cost_cents, price_per_1k. */
const MEASURES = new Set(listWords('cost price token latency duration'));
/** First words of facts, unless a metric follows: total_docs, tool_name, actual_abstain, is_followup. */
const FACTS = new Set(listWords('total tool original document actual predicted is are was'));
/** Last words of what is about an answer, and is none: question_type, response_source, prediction_reason. */
const ATTRIBUTES = new Set(
  listWords(`name type kind format url uri link path file filename lang language model provider status state template hash
    embedding vector at by prob probability logit logprob reason reasoning explanation rationale justification comment
    note feedback analysis metadata meta info config param parameter error trace usage log tag`),
);

function isMetric(word: string): boolean {
  return (
    METRICS.has(word) || METRIC_STEM.test(word) || (QUALITY.test(word) && !NO_QUALITY.has(word))
  );
}

/** Without the cut or the place at its end: `recall_at_10`, `ndcg_5`, `relevance_1`. */
function partsOf(name: string): string[] {
  const words = wordsOf(toSnake(name));
  const isCut = (word: string | undefined) => word !== undefined && /^(?:k?\d+|at)$/.test(word);
  while (words.length > 1 && isCut(words.at(-1))) words.pop();
  return words;
}

/** Whether a name says by itself that it is a score. */
export function soundsLikeScore(name: string): boolean {
  const words = partsOf(name);
  const [first = ''] = words;
  const last = words.at(-1) ?? '';
  if (/^(?:gpt|ragas)$/.test(first) && words.length > 1) return true;
  // chrF and chrF++: two words by their letters.
  if (/^chr_f(?:_|$)/.test(words.join('_'))) return true;
  if (LIMITS.has(first)) return false;
  if (last === 'score') return true;
  // A relevance_label says what is relevant.
  const isOther = isAbout(last) || COUNTED.has(last) || last === 'label';
  return words.some(isMetric) && !isOther && !SETTINGS.has(first);
}

/** Whether a column may be a judgement in words. */
export function soundsLikeVerdict(name: string): boolean {
  const words = wordsOf(toSnake(name));
  return VERDICTS.has(words.at(-1) ?? '') && !LIMITS.has(words[0] ?? '');
}

/** Whether a name says that a number is no score. */
export function soundsLikeCount(name: string): boolean {
  const words = partsOf(name);
  const [first = ''] = words;
  const last = words.at(-1) ?? '';
  const isCount = isAbout(last) || COUNTED.has(last) || words.some((word) => MEASURES.has(word));
  return !soundsLikeScore(name) && (isCount || SETTINGS.has(first) || FACTS.has(first));
}

function isAbout(word: string): boolean {
  return FIGURES.has(word) || ATTRIBUTES.has(word);
}

/** Whether the last word of a name is that of a metric, a count or an attribute: it is no answer. */
export function isAboutAnswer(snake: string): boolean {
  const last = partsOf(snake).at(-1) ?? '';
  return isAbout(last) || isMetric(last);
}

const EXPLANATION =
  /^(?:(.+)_)?(?:reasons?|reasoning|explanations?|justifications?|rationales?|comments?|notes?|feedback|critiques?|analysis)$/;
const REASON_FOR =
  /^(?:reasons?|reasoning|explanation|rationale|comments?|notes?)_(?:for|of|on)_(.+)$/;
/** Before a word of explanation: whoever it is that gave the scores. */
const JUDGE =
  /^(?:(?:llm|gpt|ai|human)_)?(?:judge|grader|grading|evaluator|evaluation|eval|reviewer|annotator|score|verdict|rating|fail|failure)?$/;
/** What an app thinks before it answers is called that too. */
const THOUGHTS = /^(?:reasoning|rationale|analysis)$/;
/** Names the score that a judge gave to the whole answer. */
const GIVEN =
  /^(?:(?:judge|llm|gpt|llm_judge|overall|total|final|human|eval)_)?(?:score|rating|verdict|grade|judge?ment)$/;

/**
 * Tells whose comment a column is: `faithfulness_reason` of `faithfulness`, `faithfulness/justification` of
 * `faithfulness/score`, `RAGAS_Notes` of the first of RAGAS's; `reason` of `score`, or else of the only score.
 *
 * @returns what gives the score's key for a column's name; undefined if it is no comment.
 */
export function indexComments(scores: readonly string[]): (name: string) => string | undefined {
  const exact = new Map<string, string>();
  const families = new Map<string, string>();
  for (const score of scores) {
    const snake = toSnake(score);
    exact.set(snake, score);
    for (let at = snake.indexOf('_'); at > 0; at = snake.indexOf('_', at + 1)) {
      const family = snake.slice(0, at);
      if (!families.has(family)) families.set(family, score);
    }
  }
  const given = [...exact.keys()].filter((snake) => GIVEN.test(snake));
  return (name) => {
    const snake = toSnake(name);
    const of = (REASON_FOR.exec(snake) ?? EXPLANATION.exec(snake))?.[1];
    if (of === undefined && !EXPLANATION.test(snake)) return undefined;
    const found =
      of &&
      (exact.get(of) ?? exact.get(`${of}_score`) ?? exact.get(`is_${of}`) ?? families.get(of));
    if (found) return found;
    if (!JUDGE.test(of ?? '')) return undefined;
    if (given.length === 1) return exact.get(given[0] ?? '');
    const isThought = THOUGHTS.test(snake);
    return exact.get('score') ?? (exact.size === 1 && !isThought ? scores[0] : undefined);
  };
}
