import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { cut } from '../../format-kit/cut.js';
import { hasMembers, listAt, memberAt, textAt } from '../../format-kit/members.js';
import { feedbackOf, type RecordReader } from '../../format-kit/reader.js';

/** Whether a record is of the games of a model against the baseline. */
export function isJudgment(record: JsonObject): boolean {
  const [first = null, second = null] = listAt(record, 'games') ?? [];
  const isGame = [first, second].some((game) => hasMembers(game, 'judgment'));
  return isGame && hasMembers(record, 'model', 'judge');
}

/**
 * Reads the games of a question: in the first, the model answers as assistant B, in the second as A.
 *
 * @see https://github.com/lmarena/arena-hard-auto, gen_judgment.py
 */
export function readJudgment(record: RecordReader): JsonObject {
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
  const told = memberAt(game, 'user_prompt') ?? listAt(game, 'prompt')?.at(-1) ?? null;
  return typeof told === 'string' ? told : (textAt(told, 'content') ?? '');
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
