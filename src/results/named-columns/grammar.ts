import { listWords, wordsOf } from './names.js';
import { isAboutAnswer } from './score-names.js';

/** Who speaks in a column, by its name. */
export type Speaker =
  | 'judge'
  | 'right'
  | 'predicted'
  | 'final'
  | 'raw'
  | 'model'
  | 'app'
  | 'actual';

/** A name in its parts: `Predicted SQL` is predicted, and its noun is sql. */
export interface NameParts {
  /** Undefined for a plain noun, such as `answer`. */
  readonly speaker: Speaker | undefined;
  /** The name without the words that say who speaks; empty for `prediction`. */
  readonly noun: string;
}

/** Words next to a noun that say who speaks; of several, the first group in this order decides. */
const SPEAKERS: Readonly<Record<Speaker, string>> = {
  // judge_response, evaluation_output, manual_label
  judge: `judge grader grading evaluator eval evaluation critic critique reviewer review verifier rater manual`,
  // gold_sql, gt_answer, true_answers, Expected Output, human_answer, accepted_answers, Answer (Ground Truth)
  right: `gold golden gt truth true correct expected reference ref ideal right target tgt desired oracle canonical human
    expert annotated accepted acceptable official`,
  // predicted_sql, turbo-16k-0613_pred, Generated Summary, hypothesis, candidate's answer
  predicted: `pred predict predicted prediction sampled generated generation gen hyp hypothesis candidate inferred detected
      classified assigned recognized identified`,
  // final_answer, extracted_answer, selected_option: made of a longer response
  final: 'final extracted parsed processed filtered normalized cleaned selected chosen',
  // full_response, raw_output
  raw: 'raw full initial draft intermediate',
  // Model Response, LLM Answer, model_choice
  model: 'model llm lm ai',
  // Bot reply, rag_answer, student_answer; but app_category is what kind of app it is
  app: 'bot chatbot assistant agent app application system rag pipeline student',
  // actual_output; but right next to what is predicted: actual_label
  actual: 'actual',
};
const SPEAKER_OF = new Map(
  Object.entries(SPEAKERS).flatMap(([speaker, list]) =>
    listWords(list).map((word) => [word, speaker as Speaker] as const),
  ),
);
/** What these call right is right whatever noun follows: expected_tools, gold_doc_ids. */
const SURELY_RIGHT = new Set(listWords('gold golden gt expected'));
/** These need no noun; `correct` alone is a score. */
const RIGHT_ALONE = new Set(
  listWords('gold golden gt truth expected reference ref ideal target tgt oracle desired'),
);

/** These speak of any noun before them: qwen_pred, base_ground_truth. */
const AFTER_ANY = new Set(listWords('pred predicted prediction generated gold gt'));

/** Nouns of something said, the likelier first, and of other things that an app may give. */
const SPOKEN = new Set(listWords('response resp reply output completion continuation answer ans'));
/** Which of several is asked about first: an answer may be the right one, so it comes last. */
export function placeInTier({ speaker, noun }: NameParts): number {
  const place = [...SPOKEN].indexOf(noun);
  if (speaker !== undefined) return 40;
  if (PLAIN_PRODUCTS.has(noun)) return 70;
  return ANSWER.has(noun) ? 90 + place : place < 0 ? 50 : place;
}
const LABELS = new Set(
  listWords('label class category intent sentiment decision choice option letter'),
);
const PRODUCTS = new Set([
  ...SPOKEN,
  ...LABELS,
  ...listWords(
    'result text sql code program summary translation solution transcription caption patch',
  ),
]);
/** A plain noun that is an answer by itself: `summary`, but not `text` or `category`. */
const ANSWER = new Set(listWords('answer ans'));
const PLAIN_PRODUCTS = new Set(
  listWords('sql code program summary translation solution transcription caption patch'),
);
/** After a noun, these say nothing: response_text. */
export const FORM = /_(?:text|content|string|str|json|body|used)$/;

/** An unknown word before an answer is a model's name, but for these: it is a tool's answer, a person's, one of several. */
const NO_MODEL = new Set(
  listWords(`user customer client tool error has is num n number max min original previous next other second alternative
    best wrong incorrect possible short long all multiple sub partial follow followup retrieval retrieved search function
    test api http context question true correct`),
);
const FAMILY =
  /^(?:(?:chat)?gpt\w*|claude\w*|llama\w*|mi[sx]tral\w*|gemini\w*|gemma\w*|qwen\w*|phi\d?|deepseek\w*|o[134])$/;
/** What follows an answer as a number of it, or a model: response_2, answer_b, output_gpt_4o. */
const WHICH = /^(?:v?\d\w*|[a-d])$/;

/** How much a name speaks for outputs; the first is the strongest. */
export const OUTPUT_TIERS = [
  'predicted',
  'final',
  'produced',
  'answer',
  'raw',
  'product',
  'result',
] as const;
export type OutputTier = (typeof OUTPUT_TIERS)[number];

export function isSpoken(noun: string): boolean {
  return SPOKEN.has(noun);
}

/** Parts a name into the words that say who speaks, and the noun. */
export function partName(snake: string): NameParts {
  const words = wordsOf(snake);
  const from = words.findIndex((word) => !SPEAKER_OF.has(word));
  const start = from < 0 ? words.length : from;
  const end = Math.max(start, words.findLastIndex((word) => !SPEAKER_OF.has(word)) + 1);
  const noun = words.slice(start, end);
  // After another noun than an answer's, most mean something else: image_ref, run_generations.
  const isAnswer = PRODUCTS.has(noun.at(-1) ?? '');
  const after = words.slice(end).filter((word) => isAnswer || AFTER_ANY.has(word));
  const speaker = speakerOf([...words.slice(0, start), ...after]);
  const isNothing =
    speaker === 'right' && noun.length === 0 && !RIGHT_ALONE.has(words.at(-1) ?? '');
  return speaker && !isNothing
    ? { speaker, noun: noun.join('_') }
    : { speaker: undefined, noun: words.join('_') };
}

function speakerOf(words: readonly string[]): Speaker | undefined {
  if (words.some((word) => SURELY_RIGHT.has(word))) return 'right';
  const speakers = new Set(words.map((word) => SPEAKER_OF.get(word)));
  // target_prediction is a prediction, of a target; raw_generation is none yet.
  if (speakers.has('predicted') && !speakers.has('judge') && !speakers.has('raw'))
    return 'predicted';
  return (Object.keys(SPEAKERS) as Speaker[]).find((speaker) => speakers.has(speaker));
}

/** What a column is like, as far as its name leaves it open. */
export interface Looks {
  /** It has no numbers, booleans, lists or objects. */
  readonly isText: boolean;
  /** There are texts of several words in it. */
  readonly isProse: boolean;
  /** Most of its values differ. */
  readonly isVaried: boolean;
}

/** How much a name speaks for what the app gave; undefined if it does not. */
export function outputTierOf({ speaker, noun }: NameParts, looks: Looks): OutputTier | undefined {
  const bare = noun.replace(FORM, '');
  const isProduct = PRODUCTS.has(bare.split('_').at(-1) ?? '');
  switch (speaker) {
    case 'judge':
    case 'right':
      return undefined;
    case 'predicted':
      return noun === '' || isProduct ? 'predicted' : looks.isText ? 'product' : undefined;
    case 'final':
      return isProduct ? speaker : undefined;
    case 'raw':
      return isProduct || noun === '' ? speaker : undefined;
    case 'actual':
      return isProduct || noun === '' ? 'produced' : undefined;
    case 'model':
    case 'app':
      // `assistant` may be its words, or its name.
      if (noun === '')
        return looks.isText && looks.isProse && looks.isVaried ? 'produced' : undefined;
      return isProduct && (speaker === 'model' || !LABELS.has(bare)) ? 'produced' : undefined;
    default:
      return plainTierOf(bare, looks);
  }
}

function plainTierOf(noun: string, { isText, isProse }: Looks): OutputTier | undefined {
  const [first = '', ...others] = noun.split('_');
  if (FAMILY.test(first) && isText && isProse) return 'produced';
  if (others.length > 0) {
    const isModels = isText && SPOKEN.has(others.at(-1) ?? '') && !NO_MODEL.has(first);
    const isOneOf =
      SPOKEN.has(first) && others.every((word) => WHICH.test(word) || FAMILY.test(word));
    return isModels || isOneOf ? 'produced' : undefined;
  }
  if (ANSWER.has(noun)) return 'answer';
  if (SPOKEN.has(noun)) return 'produced';
  if (PLAIN_PRODUCTS.has(noun)) return 'product';
  return noun === 'result' ? 'result' : undefined;
}

/** Whether a name is of somebody's answer, and does not say whose: `answer`, `faq_answer`. */
export function isAnybodys(snake: string): boolean {
  const { speaker, noun } = partName(snake);
  const [first = ''] = noun.split('_');
  return speaker === undefined && ANSWER.has(noun.split('_').at(-1) ?? '') && !FAMILY.test(first);
}

/** Nouns of what an app is asked, and of texts that it works on. */
const ASKED = new Set(listWords('question query prompt instruction utterance problem request'));
const TEXTS = new Set(
  listWords(`text message email ticket review document doc article passage dialogue dialog transcript conversation tweet
    post sentence paragraph story claim snippet`),
);
/** Before these nouns: somebody outside the app gave it. */
const OUTSIDE = new Set(listWords('input user human customer client source original'));
/** Questions that the app, or a judge, asks itself: rewritten_query, system_prompt, sub_question. */
const ASKED_WITHIN = new Set(
  listWords(`system judge grader eval search retrieval rewritten reformulated expanded standalone contextualized
    transformed hypothetical negative similar suggested clarifying sub follow followup sql next`),
);

/** How much a name speaks for what the app was given: 0 a question, 1 a text or a whole prompt. */
export function inputTierOf(snake: string, { isText, isProse }: Looks): 0 | 1 | undefined {
  const words = wordsOf(snake.replace(FORM, ''));
  const [first = ''] = words;
  const last = words.at(-1) ?? '';
  const isAsked = ASKED.has(last) || last === 'input';
  if (words.some((word) => ASKED_WITHIN.has(word))) return undefined;
  if (OUTSIDE.has(first))
    return isAsked || (words.length === 1 && isProse) ? 0 : TEXTS.has(last) ? 1 : undefined;
  const { speaker } = partName(snake);
  if (speaker === undefined && isAsked) return 0;
  // question_simplified, but not question_category.
  if (speaker === undefined && ASKED.has(first) && isText && isProse) return 1;
  return isAsked && /^(?:raw|final|model|app)$/.test(speaker ?? '') ? 1 : undefined;
}

/** Whether a word of a name speaks for a payload at all, for a suggestion: `model1`, `customer_text`. */
export function hintsAt(payload: 'inputs' | 'outputs', snake: string): boolean {
  if (isAboutAnswer(snake)) return false;
  const words = wordsOf(snake);
  return payload === 'inputs'
    ? words.some((word) => ASKED.has(word) || TEXTS.has(word) || word === 'input')
    : words.some((word) => SPOKEN.has(word) || /^model\d*$/.test(word) || FAMILY.test(word));
}

/** Whether what stands before or after an answer may name a model or a system that gave it: `gpt_4o`, but not `user`. */
export function mayNameSystem(snake: string): boolean {
  const { speaker, noun } = partName(snake);
  if (speaker === 'model' || speaker === 'app') return noun !== '' || snake === 'rag';
  return speaker === undefined && !wordsOf(snake).some((word) => NO_MODEL.has(word));
}
