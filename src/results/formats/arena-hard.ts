import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { hasMembers, listAt, memberAt, objectAt, textAt } from '../format-kit/members.js';
import { labelExperiment, splitModel } from '../format-kit/model.js';
import { feedbackOf, RecordReader } from '../format-kit/reader.js';
import { readingOf } from '../format-kit/rows.js';
import { cut } from '../format-kit/values.js';
import type { Format } from './format.js';

/** Answers to Arena-Hard, and judgments of them next to a baseline's. @see https://github.com/lmarena/arena-hard-auto */
export const arenaHard: Format = {
  name: 'arena-hard',
  title: 'Arena-Hard',
  files: 'model_answer/<model>.jsonl, model_judgment/<judge>/<model>.jsonl',
  reads:
    'a row per question, an experiment per model, win: 1, 0.5 or 0 in each game against the baseline',
  recognise(sample) {
    return (
      readingOf(sample, {
        why: 'rows have uid, model, and messages of which the last is the answer',
        is: isAnswer,
        expected: 'an answer with uid, model and messages',
        read: (record) => readRow(record, readAnswer),
      }) ??
      readingOf(sample, {
        why: 'rows have model, judge and games',
        is: isJudgment,
        expected: 'a judgment with model, judge and games',
        read: (record) => readRow(record, readJudgment),
      })
    );
  },
};

function readRow(record: RecordReader, read: (record: RecordReader) => JsonObject) {
  const model = record.text('model');
  return {
    value: { ...read(record), metadata: splitModel(model) },
    experiment: labelExperiment(model),
  };
}

/** Whether it is an answer: `ans_id`, or an answer within the content, which other chats lack. Before version 2, as in MT-bench. */
function isAnswer(record: JsonObject): boolean {
  const answer = listAt(record, 'messages')?.at(-1) ?? null;
  const isOwn =
    hasMembers(record, 'ans_id') || hasMembers(objectAt(answer, 'content') ?? null, 'answer');
  return isOwn && hasMembers(record, 'uid', 'model') && textAt(answer, 'role') === 'assistant';
}

/** What reasoning models thought stands next to their answer. */
function readAnswer(record: RecordReader): JsonObject {
  const messages = record.list('messages') ?? [];
  const last = new RecordReader(messages.at(-1));
  const content = last.take('content');
  const { answer = null, ...others } = isJsonObject(content) ? content : { answer: content };
  last.leaveOut('role');
  record.keep({ answer: last.rest() });
  record.merge('metadata');
  return {
    id: record.take('uid'),
    inputs: { messages: messages.slice(0, -1) },
    outputs: { output: answer, ...others },
    start_time: record.take('tstamp'),
  };
}

/** Whether a record is of the games of a model against the baseline. */
function isJudgment(record: JsonObject): boolean {
  const [first = null, second = null] = listAt(record, 'games') ?? [];
  const isGame = [first, second].some((game) => hasMembers(game, 'judgment'));
  return isGame && hasMembers(record, 'model', 'judge');
}

/**
 * Reads the games of a question: in the first, the model answers as assistant B, in the second as A.
 *
 * @see https://github.com/lmarena/arena-hard-auto, gen_judgment.py
 */
function readJudgment(record: RecordReader): JsonObject {
  const games = record.list('games') ?? [];
  const asked = games.map((game, n) => findAnswer(promptOf(game), n === 0 ? 'B' : 'A'));
  const { question, answer } = asked.find((one) => one.answer !== undefined) ?? {};
  const id = record.take('uid', 'question_id');
  return {
    id,
    inputs:
      question === undefined ? { uid: id } : { messages: [{ role: 'user', content: question }] },
    outputs: { output: answer ?? null },
    feedback: games.flatMap((game, n) =>
      isJsonObject(game) ? feedbackOf(game, (one) => readGame(one, n === 0 ? 'B' : 'A')) : [],
    ),
  };
}

/** A judge that gave no verdict gives no score. */
function readGame(game: RecordReader, place: 'A' | 'B'): JsonObject {
  const verdict = game.text('score');
  return {
    key: 'win',
    score: verdict === undefined ? null : winOf(verdict, place),
    value: verdict ?? null,
    comment: game.text('judgment') ?? game.open('judgment').text('answer') ?? null,
  };
}

/** `A>>B`, `B>A`, `A=B`; also turned around: `A<B`. */
function winOf(verdict: string, place: 'A' | 'B'): number | null {
  const [, first, sign, second] = /^([AB])([<>]{1,2}|=)([AB])$/.exec(verdict) ?? [];
  if (sign === undefined) return null;
  if (sign === '=') return 0.5;
  return (sign.startsWith('>') ? first : second) === place ? 1 : 0;
}

function promptOf(game: JsonValue): string {
  const stated = memberAt(game, 'user_prompt') ?? listAt(game, 'prompt')?.at(-1) ?? null;
  return typeof stated === 'string' ? stated : (textAt(stated, 'content') ?? '');
}

/** Judgments hold the question and the answers within the prompt of the judge only. */
function findAnswer(prompt: string, place: 'A' | 'B') {
  const mark = (what: string, name: string) => `<|The ${what} of Assistant ${name}'s Answer|>`;
  const question = cut(prompt, { start: '<|User Prompt|>\n', end: `\n\n${mark('Start', 'A')}\n` });
  const answer = cut(prompt, {
    start: `${mark('Start', place)}\n`,
    end: `\n${mark('End', place)}`,
  });
  return { question, answer };
}
