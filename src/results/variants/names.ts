import { toSnake } from '../named-columns/names.js';

/** What a name says of a member that differs between rows of one example. */
export type Telling = 'variant' | 'repetition' | 'judge' | 'unknown';

/**
 * What tells rows of one example apart, by the last word of its path. The first that fits counts; the earlier of two
 * variants names the experiments.
 */
const NAMES: readonly (readonly [telling: Telling, name: RegExp])[] = [
  // Tokens, characters and seconds of a prompt are measured, not chosen.
  ['unknown', /(?:_|^)(?:tokens?|count|length|len|chars|cost|time|latency|ms)$/],
  // Who or what gave the score: the answers are the same.
  [
    'judge',
    /(?:^|_)(?:judge|grader|rater|annotator|evaluator|reviewer|critic|scorer|metric|criterion|criteria|rubric)(?:_|$)/,
  ],
  // The rows' own word for it.
  [
    'variant',
    /^(?:experiment|variant|arm|treatment|condition|ablation|system|pipeline|method|technique|approach)(?:_(?:name|id))?$/,
  ],
  // The model, where rows of our own have it in their metadata.
  ['variant', /^(?:ls_)?(?:model|model_name|model_id|llm|engine|checkpoint|adapter)$/],
  // The prompt: prompt_version, prompt_type, prompt_strategy, prompt_category.
  ['variant', /^prompt(?:ing)?(?:_\w+)?$/],
  // Any version, mode or configuration: rag_mode, config_name, chunking_strategy.
  [
    'variant',
    /^(?:\w+_)?(?:version|variant|mode|config|configuration|settings?|strategy|template|preset|policy)(?:_(?:name|id))?$/,
  ],
  // How a RAG finds its contexts.
  [
    'variant',
    /^(?:retriev(?:er|al)|rerank(?:er|ing)?|embedd(?:ing|ings|er)|chunk(?:ing|er)?|vector_?store)(?:_(?:type|name|model|method|size|overlap))?$/,
  ],
  // Who does the work around the model.
  ['variant', /^(?:agent|framework|backend|scaffold|toolset|provider|ls_provider)(?:_name)?$/],
  // Numbers that a model is called with.
  [
    'variant',
    /^(?:(?:ls_)?temperature|top_?[kp]|k|(?:n|num)_shots?|shots?|few_?shot|num_fewshot|(?:reasoning_)?effort|thinking(?:_budget)?|cot)$/,
  ],
  // What is switched on or off: use_rag, with_context, rerank_enabled.
  ['variant', /^(?:use|uses|using|with|without|enable)_\w+$|_enabled$|^(?:is_)?baseline$/],
  // The same once more.
  [
    'repetition',
    /^(?:\w+_)?(?:run|repetition|repeat|rep|trial|epoch|iteration|iter|seed|sample|attempt|try|rollout|replicate|round|fold|pass|generation|draw)(?:_?(?:id|idx|index|no|nr|num|number))?$/,
  ],
];

/** What a name says by itself, and its rank among those that say so. */
export function tellByName(name: string): { readonly telling: Telling; readonly rank: number } {
  const snake = toSnake(name);
  const rank = NAMES.findIndex(([, known]) => known.test(snake));
  return { telling: NAMES[rank]?.[0] ?? 'unknown', rank };
}

/** Whether a name is one of a setting that experiments differ in. */
export function soundsLikeSetting(name: string): boolean {
  return tellByName(name).telling === 'variant';
}
