import { toSnake } from './names.js';

const SCORES =
  /(?:^|_)(?:scores?|correct|correctness|pass|passed|success|accuracy|acc|precision|recall|relevancy|relevance|relevant|faithfulness|faithful|groundedness|grounded|similarity|mrr|ndcg|f1|em|exact_match|match|rouge\w*|bleu\w*|bert_?score|judge?ment|verdict|rating|grade|reward|quality|coherence|fluency|helpfulness|hallucinations?|hallucinated|toxicity|perplexity|win|citation)(?:_|$)|^(?:gpt|ragas)_/;
const VERDICTS = /(?:^|_)(?:score|judge?ment|verdict|rating|grade)$/;

/** Numbers that say how much or which, not how good. */
const COUNTS =
  /(?:^|_)(?:counts?|len|length|size|tokens|ids?|idx|index|turns|calls|retries|retrieved|steps|iterations?|attempts?|seed|order|durations?|elapsed|time|temperature|threshold|version|code|year|page|num|number|days|hours|minutes|seconds|ms|us|ns|chars|words|lines|bytes|age|price|amount|level|difficulty|priority|weight)$|^(?:n|num|nr|count|fewshot)_|^(?:n|nr|no|num|k|top_k|top_p|line|row)$|_(?:count|tokens|length)_/;
/** The same, unless they sound like scores even so: `total_score`, `tool_correctness`. */
const SETTINGS =
  /^(?:total|max|min|top|config|dataset|prompt|tool|original|documents|actual|predicted)_|_(?:max|min|order|position)$/;

/** Whether a name says by itself that it is a score. */
export function soundsLikeScore(name: string): boolean {
  const snake = toSnake(name);
  return /_scores?$/.test(snake) || (SCORES.test(snake) && !COUNTS.test(snake));
}

/** Whether a column may be a judgement in words. */
export function soundsLikeVerdict(name: string): boolean {
  return VERDICTS.test(toSnake(name));
}

/** Whether a name says that a number is no score. */
export function soundsLikeCount(name: string): boolean {
  const snake = toSnake(name);
  return !soundsLikeScore(name) && (COUNTS.test(snake) || SETTINGS.test(snake));
}

const COMMENT_OF =
  /^(.+?)_(?:reasons?|reasoning|explanations?|justification|rationale|comments?|notes?)$/;
const COMMENT =
  /^(?:(?:judge|grader|evaluator)_)?(?:reasons?|reasoning|explanations?|justification|rationale|comments?|notes?|feedback)$/;

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
  return (name) => {
    const snake = toSnake(name);
    const of = COMMENT_OF.exec(snake)?.[1];
    const found = of && (exact.get(of) ?? exact.get(`${of}_score`) ?? families.get(of));
    if (found) return found;
    if (!COMMENT.test(snake)) return undefined;
    return exact.get('score') ?? (exact.size === 1 ? scores[0] : undefined);
  };
}
