import { describe, expect, test } from 'vitest';
import type { Sample } from '../../../src/input/row.js';
import type { JsonObject } from '../../../src/json/value.js';
import { decideColumns } from '../../../src/results/named-columns/named-columns.js';

/** A table that somebody made for themselves, and what each column of it is; `asks` has the options of the first answer. */
interface OwnTable {
  readonly title: string;
  /** The header and the rows, cells separated by |. */
  readonly table: readonly string[];
  readonly inputs?: string;
  readonly outputs?: string;
  readonly reference?: string;
  readonly scores?: string;
  /** `score < column that explains it`. */
  readonly comments?: string;
  readonly asks?: unknown;
}

function sampleOf([header = '', ...lines]: readonly string[]): Sample {
  const columns = header.split('|');
  const rows = lines.map((line): JsonObject => {
    const cells = line.split('|');
    return Object.fromEntries(columns.map((name, at) => [name, cells[at] ?? '']));
  });
  return { name: 'own.csv', kind: 'table', document: {}, rows, columns };
}

function read({ title: _, table }: OwnTable): Omit<OwnTable, 'title' | 'table'> {
  const { targets, questions } = decideColumns(sampleOf(table), {});
  const placed = targets.map(([source, target]) => ({ column: source.join('.'), target }));
  const named = (head: string, part?: string) => {
    const found = placed.filter(
      ({ target }) => target[0] === head && (part === undefined || target[2] === part),
    );
    const names = found.map(({ column, target }) =>
      part === 'comment' ? `${target[1]} < ${column}` : column,
    );
    return names.length > 0 ? { [head]: names.join(', ') } : {};
  };
  const { reference_outputs: reference } = named('reference_outputs');
  const { scores: comments } = named('scores', 'comment');
  return {
    ...named('inputs'),
    ...named('outputs'),
    ...(reference !== undefined && { reference }),
    ...named('scores', 'score'),
    ...(comments !== undefined && { comments }),
    ...(questions.length > 0 && {
      asks: questions.map(({ choices: [first], hasGuess }) =>
        hasGuess ? first?.options : 'a column',
      ),
    }),
  };
}

const PROSE = 'The quick brown fox jumps';
const OWN_TABLES: readonly OwnTable[] = [
  {
    title: 'RAG answers with Ragas metrics',
    table: [
      'question|contexts|answer|ground_truth|faithfulness|latency',
      'Who?|["c"]|She|Her|0.5|1.2',
    ],
    inputs: 'question, contexts',
    outputs: 'answer',
    reference: 'ground_truth',
    scores: 'faithfulness',
  },
  {
    title: 'answer and response, with a ground truth',
    table: ['question|answer|response|ground_truth', 'Who?|She|Her|She'],
    inputs: 'question',
    reference: 'ground_truth',
    asks: [{ outputs: ['response'] }],
  },
  {
    title: 'answer and response, with nothing else',
    table: ['question|answer|response', 'Who?|She|Her'],
    inputs: 'question',
    outputs: 'response',
    reference: 'answer',
  },
  {
    title: 'a label and its prediction',
    table: ['text|label|prediction|confidence', 'Nice|pos|neg|0.9'],
    inputs: 'text',
    outputs: 'prediction',
    reference: 'label',
    scores: 'confidence',
  },
  {
    title: 'a category and its prediction',
    table: ['ticket|category|predicted_category|correct', 'My bill|billing|tech|False'],
    inputs: 'ticket',
    outputs: 'predicted_category',
    reference: 'category',
    scores: 'correct',
  },
  {
    title: 'labels under a name that says nothing',
    table: ['review|kind of mood|output', 'a|good|good', 'b|bad|good', 'c|good|bad', 'd|bad|bad'],
    inputs: 'review',
    outputs: 'output',
    reference: 'kind of mood',
  },
  {
    title: 'true and predicted labels, with the response they were parsed from',
    table: ['text|true_label|predicted_label|raw_response', 'Nice|pos|neg|I think neg'],
    inputs: 'text',
    outputs: 'predicted_label',
    reference: 'true_label',
  },
  {
    title: 'actual and predicted labels',
    table: ['text|actual_label|predicted_label|prediction_probability', 'Nice|1|0|0.7'],
    inputs: 'text',
    outputs: 'predicted_label',
    reference: 'actual_label',
  },
  {
    title: 'two labels of each text',
    table: [
      'text|correct_label|correct_category|predicted_label|predicted_category|is_correct',
      'Nice|1|pos|0|neg|False',
    ],
    inputs: 'text',
    outputs: 'predicted_label, predicted_category',
    reference: 'correct_label, correct_category',
    scores: 'is_correct',
  },
  {
    title: 'y_true and y_pred',
    table: ['sentence|y_true|y_pred', 'Nice|1|0'],
    inputs: 'sentence',
    outputs: 'y_pred',
    reference: 'y_true',
  },
  {
    title: 'a target and an output',
    table: ['input|target|output|score', 'a|b|c|0.5'],
    inputs: 'input',
    outputs: 'output',
    reference: 'target',
    scores: 'score',
  },
  {
    title: 'gold and generated',
    table: ['document|gold|generated|rouge1', 'a|b|c|0.5'],
    inputs: 'document',
    outputs: 'generated',
    reference: 'gold',
    scores: 'rouge1',
  },
  {
    title: 'a reference answer with a space',
    table: ['question|reference answer|answer|BERTScore F1', 'Who?|Her|She|0.9'],
    inputs: 'question',
    outputs: 'answer',
    reference: 'reference answer',
    scores: 'BERTScore F1',
  },
  {
    title: 'answers of a person and a model',
    table: ['question|human_answer|model_answer|rating', 'Who?|Her|She|4'],
    inputs: 'question',
    outputs: 'model_answer',
    reference: 'human_answer',
    scores: 'rating',
  },
  {
    title: 'an answer and whether it is right',
    table: ['question|answer|is_correct', 'Who?|She|True'],
    inputs: 'question',
    outputs: 'answer',
    scores: 'is_correct',
  },
  {
    title: 'a bank of questions',
    table: ['context|question|answer', 'She came|Who?|She'],
    inputs: 'question, context',
    outputs: 'answer',
    asks: [{ outputs: ['answer'] }],
  },
  {
    title: 'SQL and the right SQL',
    table: ['query|sql|gold_sql|execution_match', 'How many?|SELECT 1|SELECT 2|False'],
    inputs: 'query',
    outputs: 'sql',
    reference: 'gold_sql',
    scores: 'execution_match',
  },
  {
    title: 'SQL and the predicted SQL',
    table: ['question|sql|predicted_sql|db_id|difficulty', 'How many?|SELECT 1|SELECT 2|db|hard'],
    inputs: 'question, db_id',
    outputs: 'predicted_sql',
    reference: 'sql',
  },
  {
    title: 'a query that is the right SQL',
    table: ['question|query|pred|exec_acc', 'How many?|SELECT 1|SELECT 2|0'],
    inputs: 'question',
    outputs: 'pred',
    reference: 'query',
    scores: 'exec_acc',
  },
  {
    title: 'SQL next to an answer, of which either may be the output',
    table: ['question|answer|sql|correct', 'How many?|2|SELECT 2|True'],
    inputs: 'question',
    scores: 'correct',
    asks: [{ outputs: ['sql'], reference: ['answer'] }],
  },
  {
    title: 'parts of SQL, each with the right one',
    table: ['question|golden_joins|golden_tables|predicted_joins|predicted_tables', 'Q?|1|2|1|3'],
    inputs: 'question',
    outputs: 'predicted_joins, predicted_tables',
    reference: 'golden_joins, golden_tables',
  },
  {
    title: 'a summary and the right one',
    table: ['text|summary|reference_summary|rougeL', `${PROSE}|a fox|fox|0.5`],
    inputs: 'text',
    outputs: 'summary',
    reference: 'reference_summary',
    scores: 'rougeL',
  },
  {
    title: 'a summary and a prediction of it',
    table: ['article|highlights|summary|rouge_2', `${PROSE}|a fox|fox|0.5`],
    inputs: 'article',
    outputs: 'summary',
    reference: 'highlights',
    scores: 'rouge_2',
  },
  {
    title: 'a summary next to an output, of which either may be right',
    table: ['text|summary|output', `${PROSE}|a fox|fox`],
    inputs: 'text',
    asks: [{ outputs: ['output'], reference: ['summary'] }],
  },
  {
    title: 'machine translation in three letters',
    table: ['src|mt|ref|comet', 'Haus|house|home|0.8'],
    inputs: 'src',
    outputs: 'mt',
    reference: 'ref',
    scores: 'comet',
  },
  {
    title: 'translation with a hypothesis',
    table: ['source|target|hypothesis|bleu', 'Haus|house|home|40.1'],
    inputs: 'source',
    outputs: 'hypothesis',
    reference: 'target',
    scores: 'bleu',
  },
  {
    title: 'an instruction, its output and a response',
    table: ['instruction|output|response', 'Say hi|Hi|Hello'],
    inputs: 'instruction',
    asks: [{ outputs: ['response'], reference: ['output'] }],
  },
  {
    title: 'an instruction, its output and a prediction',
    table: ['instruction|output|prediction', 'Say hi|Hi|Hello'],
    inputs: 'instruction',
    outputs: 'prediction',
    reference: 'output',
  },
  {
    title: 'an instruction and its output only',
    table: ['instruction|input|output', 'Say hi|now|Hi'],
    inputs: 'input, instruction',
    outputs: 'output',
    asks: [{ outputs: ['output'] }],
  },
  {
    title: 'letters for a question and an answer',
    table: ['Q|A|Score', 'Who?|She|1'],
    inputs: 'Q',
    outputs: 'A',
    scores: 'Score',
  },
  {
    title: 'letters for choices',
    table: ['question|A|B|C|D|answer|model_answer', 'Who?|x|y|z|w|A|B'],
    inputs: 'question, A, B, C, D',
    outputs: 'model_answer',
    reference: 'answer',
  },
  {
    title: 'numbers under letters, which people rated',
    table: ['question|response|A|B|C', 'Who?|She|4|5|3'],
    inputs: 'question',
    outputs: 'response',
  },
  {
    title: 'questions about images, which may be the same',
    table: ['image|question|answers|prediction', 'a.png|Is it red?|yes|yes'],
    inputs: 'question, image',
    outputs: 'prediction',
    reference: 'answers',
  },
  {
    title: 'what a search found, and what is relevant',
    table: ['query|retrieved_ids|relevant_ids|reciprocal_rank', 'Who?|["a","b"]|["b"]|0.5'],
    inputs: 'query',
    outputs: 'retrieved_ids',
    reference: 'relevant_ids',
    scores: 'reciprocal_rank',
  },
  {
    title: 'TruthfulQA, whose wrong answers are no score',
    table: [
      'Question|Correct Answers|Incorrect Answers|model_answer|truthful',
      'Who?|She|He|She|1',
    ],
    inputs: 'Question',
    outputs: 'model_answer',
    reference: 'Correct Answers',
    scores: 'truthful',
  },
  {
    title: 'spans of Phoenix',
    table: [
      'attributes.input.value|attributes.output.value|eval.QA.score|eval.QA.explanation',
      'Who?|She|1|as it says',
    ],
    inputs: 'attributes.input.value',
    outputs: 'attributes.output.value',
    scores: 'eval.QA.score',
    comments: 'eval.QA.score < eval.QA.explanation',
  },
  {
    title: 'fields of documents',
    table: ['file|extracted|ground_truth|field_accuracy', 'a.pdf|{"n":1}|{"n":2}|0.5'],
    inputs: 'file',
    outputs: 'extracted',
    reference: 'ground_truth',
    scores: 'field_accuracy',
  },
  {
    title: 'tests of Go',
    table: ['input|got|want|pass|std_score', 'Who?|She|Her|false|0.5'],
    inputs: 'input',
    outputs: 'got',
    reference: 'want',
    scores: 'pass',
  },
  {
    title: 'what is toxic',
    table: ['prompt|generation|toxicity|is_toxic', 'Who?|She|0.9|true'],
    inputs: 'prompt',
    outputs: 'generation',
    scores: 'toxicity, is_toxic',
  },
  {
    title: 'a chat of one turn',
    table: ['user_message|bot_message|rating', 'Who?|She|4'],
    inputs: 'user_message',
    outputs: 'bot_message',
    scores: 'rating',
  },
  {
    title: 'what a person thinks of a response',
    table: ['Prompt|Response|Rating|Comments', 'Hi|Hello|4|friendly enough'],
    inputs: 'Prompt',
    outputs: 'Response',
    scores: 'Rating',
    comments: 'Rating < Comments',
  },
  {
    title: 'a sheet in words with spaces',
    table: ['User Query|Expected Answer|Bot reply|Is Correct?|Reviewer notes', 'Who?|Her|She|no|x'],
    inputs: 'User Query',
    outputs: 'Bot reply',
    reference: 'Expected Answer',
    scores: 'Is Correct?',
    comments: 'Is Correct? < Reviewer notes',
  },
  {
    title: 'a name with a remark',
    table: ['question (as asked)|response (verbatim, required)|f1 (0 to 1)', 'Who?|She|0.5'],
    inputs: 'question (as asked)',
    outputs: 'response (verbatim, required)',
    scores: 'f1 (0 to 1)',
  },
  {
    title: 'a name whose remark says it all',
    table: ['Question|Answer (Ground Truth)|Answer (GPT-4)|Correct', 'Who?|Her|She|False'],
    inputs: 'Question',
    outputs: 'Answer (GPT-4)',
    reference: 'Answer (Ground Truth)',
    scores: 'Correct',
  },
  {
    title: 'names in lower case without a separator',
    table: ['userquestion|expectedoutput|modeloutput', 'Who?|Her|She'],
    inputs: 'userquestion',
    outputs: 'modeloutput',
    reference: 'expectedoutput',
  },
  {
    title: 'code and whether it passed',
    table: ['task_id|prompt|completion|passed', 't1|def f():|return 1|True'],
    inputs: 'prompt',
    outputs: 'completion',
    scores: 'passed',
  },
  {
    title: 'a problem and a solution that was run',
    table: ['problem|solution|passed|runtime_ms', 'Add|a + b|True|12'],
    inputs: 'problem',
    outputs: 'solution',
    scores: 'passed',
  },
  {
    title: 'code to be labelled',
    table: ['code|label|prediction', 'x = 1|ok|bug'],
    inputs: 'code',
    outputs: 'prediction',
    reference: 'label',
  },
  {
    title: 'tools of an agent',
    table: [
      'query|response|tool_calls|expected_tool_calls|success|steps',
      'Book|Done|["a"]|["b"]|False|3',
    ],
    inputs: 'query',
    outputs: 'response, tool_calls',
    reference: 'expected_tool_calls',
    scores: 'success',
  },
  {
    title: 'how hard a question is',
    table: ['question|query|prediction|hardness|correct', 'Who?|SELECT 1|SELECT 2|easy|True'],
    inputs: 'question',
    outputs: 'prediction',
    reference: 'query',
    scores: 'correct',
  },
  {
    title: 'ratings that an app predicts',
    table: ['review|rating|pred_rating', 'Fine|5|4'],
    inputs: 'review',
    outputs: 'pred_rating',
    reference: 'rating',
  },
  {
    title: 'a predicted rating of what an app gave',
    table: ['question|response|rating|predicted_rating', 'Who?|She|5|4'],
    inputs: 'question',
    outputs: 'response',
    scores: 'rating, predicted_rating',
  },
  {
    title: 'translations with chrF, and how long each took',
    table: ['src|tgt|pred|chrF|chrF++|Time (s)', 'Wer?|Who?|Who is?|61.5|58.2|1.5'],
    inputs: 'src',
    outputs: 'pred',
    reference: 'tgt',
    scores: 'chrF, chrF++',
  },
  {
    title: 'right answers as a list in outputs',
    table: ['index|input|outputs|pred|length', '0|Who?|["Her"]|She|4096'],
    inputs: 'input',
    outputs: 'pred',
    reference: 'outputs',
  },
  {
    title: 'whether a response is safe',
    table: ['prompt|response|category|is_safe|safety', 'How?|No|fraud|True|5'],
    inputs: 'prompt',
    outputs: 'response',
    scores: 'is_safe, safety',
  },
  {
    title: 'an answer that was made of a longer response',
    table: [
      'question|prompt|model_answer|full_response|expected_answer|is_correct|processing_time',
      'Who?|Say who|She|I think she|Her|False|1.5',
    ],
    inputs: 'question, prompt',
    outputs: 'model_answer',
    reference: 'expected_answer',
    scores: 'is_correct',
  },
  {
    title: 'the final answer of a chain of thought',
    table: ['question|reasoning|final_answer|correct_answer|correct', 'Who?|Well|She|Her|False'],
    inputs: 'question',
    outputs: 'final_answer',
    reference: 'correct_answer',
    scores: 'correct',
  },
  {
    title: 'an answer and a final answer, of which either may be right',
    table: ['question|answer|final_answer', 'Who?|She|Her'],
    inputs: 'question',
    asks: [{ outputs: ['final_answer'], reference: ['answer'] }],
  },
  {
    title: 'a judge that explains itself',
    table: [
      'question|answer|reference|judge_score|judge_reasoning|accuracy|accuracy_reason',
      `Who?|She|Her|3|${PROSE}|0.5|half of it`,
    ],
    inputs: 'question',
    outputs: 'answer',
    reference: 'reference',
    scores: 'judge_score, accuracy',
    comments: 'judge_score < judge_reasoning, accuracy < accuracy_reason',
  },
  {
    title: 'what a judge answered, which is no output',
    table: ['question|answer|judge_response|verdict', 'Who?|She|Looks wrong to me|wrong'],
    inputs: 'question',
    outputs: 'answer',
    scores: 'verdict',
  },
  {
    title: 'settings and counts, which are no scores',
    table: [
      'question|response|f1|temperature|top_k|chunk_size|year|price|n_docs|seed|row|with_rag|max_score',
      'Who?|She|0.5|0.2|5|512|2001|3.5|4|1|1|True|1',
    ],
    inputs: 'question',
    outputs: 'response',
    scores: 'f1',
  },
  {
    title: 'metrics at a cut, and under names of tools',
    table: [
      'query|output|recall@10|ndcg_5|hit_rate|answer_relevancy|sas',
      'Q?|o|0.5|0.5|1|0.5|0.5',
    ],
    inputs: 'query',
    outputs: 'output',
    scores: 'recall@10, ndcg_5, hit_rate, answer_relevancy, sas',
  },
  {
    title: 'gold scores, which are what a model should predict',
    table: ['sentence1|sentence2|gold_score|predicted_score', 'a|b|4.5|3'],
    outputs: 'predicted_score',
    reference: 'gold_score',
    asks: ['a column'],
  },
  {
    title: 'a prediction that was parsed, next to what a dataset was made of',
    table: ['id|prompt|chosen_response|model_response', '1|Hi|Hello|Hey'],
    inputs: 'prompt',
    outputs: 'model_response',
  },
  {
    title: 'several models side by side',
    table: ['question|gpt4_answer|llama_answer|gold_answer', 'Who?|She|He|Her'],
    inputs: 'question',
    reference: 'gold_answer',
    asks: [{ outputs: ['gpt4_answer'] }],
  },
  {
    title: 'one model by its name',
    table: ['question|llama_response|answer|correct', 'Who?|She|Her|0'],
    inputs: 'question',
    outputs: 'llama_response',
    reference: 'answer',
    scores: 'correct',
  },
  {
    title: 'a chat in two columns',
    table: ['user|assistant|helpfulness', `Who came in first today?|${PROSE}|4`],
    inputs: 'user',
    outputs: 'assistant',
    scores: 'helpfulness',
  },
  {
    title: 'a query that the app wrote for itself',
    table: ['question|rewritten_query|generated_query|answer|ground_truth', 'Who?|a|b|She|Her'],
    inputs: 'question',
    outputs: 'answer',
    reference: 'ground_truth',
  },
  {
    title: 'inference from a premise to a hypothesis',
    table: ['premise|hypothesis|gold_label|pred_label', 'It rains|It is wet|yes|no'],
    inputs: 'premise, hypothesis',
    outputs: 'pred_label',
    reference: 'gold_label',
  },
  {
    title: 'what was expected and what came',
    table: ['id|question|expected|got (top 1)|rank', '1|Who?|Her|She|2'],
    inputs: 'question',
    outputs: 'got (top 1)',
    reference: 'expected',
  },
  {
    title: 'a report of tests',
    table: ['Question|Expected|Actual|Status|Failure reason', 'Who?|Her|She|FAIL|not her'],
    inputs: 'Question',
    outputs: 'Actual',
    reference: 'Expected',
    scores: 'Status',
    comments: 'Status < Failure reason',
  },
  {
    title: 'notes next to several scores, of which none is for all',
    table: [
      'image_id|question|ground_truth|model_response|correct|confidence_score|notes',
      'i1|Who?|Her|She|0|0.9|not her',
    ],
    inputs: 'question',
    outputs: 'model_response',
    reference: 'ground_truth',
    scores: 'correct, confidence_score',
  },
  {
    title: 'scores of parts and of all, with the reasoning of a judge',
    table: [
      'prompt|response|overall_score|accuracy|tone_score|judge_reasoning',
      `Hi|Hello|4|5|3|${PROSE}`,
    ],
    inputs: 'prompt',
    outputs: 'response',
    scores: 'overall_score, accuracy, tone_score',
    comments: 'overall_score < judge_reasoning',
  },
  {
    title: 'a prompt that was used, and the model that was',
    table: [
      'question_id|model_name|prompt_used|model_response|correct_answer',
      'q1|m|Say who|She|Her',
    ],
    inputs: 'prompt_used',
    outputs: 'model_response',
    reference: 'correct_answer',
  },
  {
    title: 'an article, its summary and a generated one',
    table: [
      'note_id|source_article|reference_summary|generated_summary|language',
      `n1|${PROSE}|fox|a fox|en`,
    ],
    inputs: 'source_article',
    outputs: 'generated_summary',
    reference: 'reference_summary',
  },
  {
    title: 'continuations of several models',
    table: ['Prompt|GPT2 Continuation|DPO Continuation', 'It is|bad|good'],
    inputs: 'Prompt',
    asks: [{ outputs: ['GPT2 Continuation'] }],
  },
  {
    title: 'a label with the confidence in it, which may be right or given',
    table: ['text|label|confidence', 'Nice|pos|0.9', 'Bad|neg|0.8'],
    inputs: 'text',
    scores: 'confidence',
    asks: [{ outputs: ['label'] }],
  },
  {
    title: 'answers of nobody in particular',
    table: ['question|faq_answer', 'Who?|She did it all'],
    inputs: 'question',
    outputs: 'faq_answer',
    asks: [{ outputs: ['faq_answer'] }],
  },
  {
    title: 'pairs of preferred and rejected answers',
    table: ['prompt|chosen|rejected', 'Hi|Hello you there|Go away you there'],
    inputs: 'prompt',
    asks: ['a column'],
  },
  {
    title: 'a ticket next to its id',
    table: ['ticket_id|ticket_text|true_category|predicted_category', '1|My bill|billing|tech'],
    inputs: 'ticket_text',
    outputs: 'predicted_category',
    reference: 'true_category',
  },
  {
    title: 'a verdict that was predicted',
    table: ['claim|label|predicted_verdict', 'It rains|SUPPORTS|REFUTES'],
    inputs: 'claim',
    outputs: 'predicted_verdict',
    reference: 'label',
  },
  {
    title: 'a letter that a model chose',
    table: ['question|A|B|correct_option|model_choice|is_correct', 'Who?|x|y|A|B|0'],
    inputs: 'question',
    outputs: 'model_choice',
    reference: 'correct_option',
    scores: 'is_correct',
  },
  {
    title: 'the words of an LLM under its name',
    table: ['Q|Expected|LLM', `Who?|She|${PROSE}`, `Where?|Here|${PROSE} there`],
    inputs: 'Q',
    outputs: 'LLM',
    reference: 'Expected',
  },
  {
    title: 'an answer and a solution of a problem, next to what a model gave',
    table: ['problem|answer|solution|model_output|extracted_answer', 'Add|4|2 + 2|It is 5|5'],
    inputs: 'problem',
    outputs: 'model_output',
    reference: 'answer, solution',
  },
  {
    title: 'an instruction, its output and that of a model',
    table: ['instruction|output|llama_output|score', 'Say hi|Hi|Hello|7'],
    inputs: 'instruction',
    outputs: 'llama_output',
    reference: 'output',
    scores: 'score',
  },
  {
    title: 'an intent that was detected, next to a reply',
    table: ['user_message|bot_reply|expected_intent|detected_intent', 'Hi|Hello|greet|buy'],
    inputs: 'user_message',
    outputs: 'detected_intent, bot_reply',
    reference: 'expected_intent',
  },
  {
    title: 'headers in Spanish',
    table: ['pregunta|respuesta|puntuación', `¿Quién vino?|${PROSE}|4`],
    asks: [{ inputs: ['pregunta'] }, { outputs: ['respuesta'] }],
  },
  {
    title: 'headers in German, of two texts',
    table: ['Aufgabe|Ausgabe|Soll', `${PROSE}|${PROSE} now|${PROSE} then`],
    asks: ['a column', 'a column'],
  },
];

describe('tables that people made for themselves', () => {
  test.for(OWN_TABLES)('$title', (own) => {
    const { title: _, table: __, ...expected } = own;

    expect(read(own)).toEqual(expected);
  });
});
