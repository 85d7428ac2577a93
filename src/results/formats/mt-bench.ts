import type { Row } from '../../input/row.js';
import { spell } from '../../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { hasKeys, hasMembers, known, listAt, memberAt, textAt } from '../format-kit/members.js';
import { labelExperiment, splitModel } from '../format-kit/model.js';
import { addMetadata, RecordReader, readRun } from '../format-kit/reader.js';
import { mostRecords, unexpected } from '../format-kit/rows.js';
import { cut } from '../format-kit/values.js';
import type { Format, FormatRow, ResultsFile } from './format.js';

/** Answers to MT-bench and what judges say of them. @see https://github.com/lm-sys/FastChat, fastchat/llm_judge */
export const mtBench: Format = {
  name: 'mt-bench',
  title: 'MT-bench',
  files: 'model_answer/<model>.jsonl, model_judgment/<judge>_single.jsonl, _pair.jsonl',
  reads: 'a row per question and choice, an experiment per model, the judge’s score of each turn',
  recognise(sample) {
    if (mostRecords(sample, isAnswer)) {
      return { why: 'rows have question_id, answer_id and turns', rows: readAnswers };
    }
    if (!mostRecords(sample, isJudgment)) return undefined;
    return { why: 'rows have question_id, judge and judgment', rows: readJudgments };
  },
};

function isAnswer(record: JsonObject): boolean {
  const choices = listAt(record, 'choices') ?? [];
  const hasTurns = choices.length > 0 && choices.every((choice) => listAt(choice, 'turns'));
  return hasTurns && hasMembers(record, 'question_id', 'answer_id');
}

/** Several choices are repetitions. `tstamp` is when the answer was there. */
async function* readAnswers(file: ResultsFile): AsyncGenerator<FormatRow> {
  const readQuestion = await findQuestions(file);
  for await (const { origin, value: record } of file.records) {
    if (!isJsonObject(record) || !isAnswer(record)) {
      yield unexpected({ origin, value: record }, 'an answer with choices');
      continue;
    }
    const { example, category } = readQuestion(record.question_id ?? null);
    const model = textAt(record, 'model_id');
    for (const choice of listAt(record, 'choices') ?? []) {
      const value = readRun(record, (answer) => {
        answer.leaveOut('question_id', 'choices');
        answer.keep({ category });
        return {
          ...example,
          outputs: { turns: answer.join(choice).take('turns') },
          start_time: answer.take('tstamp'),
          metadata: splitModel(answer.text('model_id')),
        };
      });
      yield { origin, value, experiment: labelExperiment(model) };
    }
  }
}

/** The second turns come after all first ones, so all are held. */
const MAX_JUDGMENTS = 1_000_000;

interface Judged {
  readonly origin: Row['origin'];
  /** A judgment of each turn. */
  readonly turns: JsonObject[];
}

/** Whether a record is of one model, or of two that are compared. */
function isJudgment(record: JsonObject): boolean {
  const isSingle = hasMembers(record, 'model', 'judgment') && hasKeys(record, 'score');
  const isPair = hasMembers(record, 'model_1', 'model_2', 'g1_winner', 'g2_winner');
  return hasMembers(record, 'question_id', 'judge') && (isSingle || isPair);
}

/**
 * Reads judgments, a row per question and model: its turns are judged apart, each in a line of its own. Who judges is
 * in metadata; so is when, which says nothing of the answer's time.
 */
async function* readJudgments(file: ResultsFile): AsyncGenerator<FormatRow> {
  const readQuestion = await findQuestions(file);
  const all: Judged[] = [];
  const open = new Map<string, Judged>();
  let count = 0;
  for await (const { origin, value: record } of file.records) {
    if (!isJsonObject(record) || !isJudgment(record)) {
      yield unexpected({ origin, value: record }, 'a judgment');
      continue;
    }
    if (++count > MAX_JUDGMENTS) {
      yield { origin, problem: `there are more than ${MAX_JUDGMENTS} judgments` };
      return;
    }
    // The same turn again is another judgment: of another judge, or of an answer given again.
    const key = keyOf(record);
    const before = open.get(key);
    const turn = spell(memberAt(record, 'turn'));
    if (before && !before.turns.some((one) => spell(memberAt(one, 'turn')) === turn)) {
      before.turns.push(record);
    } else {
      const judged = { origin, turns: [record] };
      open.set(key, judged);
      all.push(judged);
    }
  }
  for (const { origin, turns } of all) {
    const [first = {}] = turns;
    const { example, category } = readQuestion(first.question_id ?? null);
    const value = { ...example, ...readTurns(turns, category) };
    yield { origin, value, experiment: labelOf(first) };
  }
}

function keyOf(record: JsonObject): string {
  const [judge = null] = Array.isArray(record.judge) ? record.judge : [record.judge];
  const { question_id = null, model = null, model_1 = null, model_2 = null } = record;
  return JSON.stringify([question_id, model, model_1, model_2, judge].map(spell));
}

/** Labels a record by its model; where two are compared, the first is the one under test. */
function labelOf(record: JsonObject): string {
  const model = textAt(record, 'model');
  if (model !== undefined) return labelExperiment(model);
  return labelExperiment(`${textAt(record, 'model_1')} vs ${textAt(record, 'model_2')}`);
}

function readTurns(turns: readonly JsonObject[], category: JsonValue | undefined): JsonObject {
  const [first = {}] = turns;
  const readers = turns.map((turn) => new RecordReader(turn));
  const feedback = readers.flatMap((turn) =>
    textAt(turn.record, 'model_1') ? readGames(turn) : [readScore(turn)],
  );
  const [model] = readers.map((turn) => {
    turn.leaveOut('question_id', 'model_2');
    return turn.text('model') ?? turn.text('model_1');
  });
  const metadata: JsonObject = splitModel(model);
  const judgments = readers.map((turn) => turn.rest());
  addMetadata(metadata, { model_2: first.model_2, category, judgments });
  return {
    outputs: findAnswer(turns.flatMap((turn) => turn.user_prompt ?? turn.g1_user_prompt ?? [])),
    feedback,
    metadata,
  };
}

/** -1: the judge's words held no score. */
function readScore(record: RecordReader): JsonObject {
  const score = record.number('score');
  return {
    key: 'score',
    score: score !== undefined && Number(score) >= 0 ? score : null,
    comment: record.text('judgment') ?? null,
    turn: record.record.turn ?? null,
  };
}

/**
 * Two games, with the answers swapped: who won both has won, else it is a draw.
 *
 * @see https://github.com/lm-sys/FastChat, fastchat/llm_judge/show_result.py
 */
function readGames(record: RecordReader): JsonObject[] {
  const { turn = null } = record.record;
  const winners = ['g1', 'g2'].map((game) => record.text(`${game}_winner`) ?? 'error');
  const [first, second] = winners;
  const isDraw = first !== second || first === 'tie';
  const win = winners.includes('error') ? null : isDraw ? 0.5 : first === 'model_1' ? 1 : 0;
  const games = ['g1', 'g2'].map((game, place) => ({
    key: `${game}_winner`,
    value: winners[place] ?? null,
    ...known({ comment: record.text(`${game}_judgment`) }),
    turn,
  }));
  return [{ key: 'win', score: win, turn }, ...games];
}

/** Around the answer to a first turn, in the prompts of judges. @see fastchat/llm_judge/data/judge_prompts.jsonl */
const ANSWERS = ["Assistant's Answer", "Assistant A's Answer"].map((name) => ({
  start: `[The Start of ${name}]\n`,
  end: `\n[The End of ${name}]`,
}));
const CONVERSATION = {
  start: "<|The Start of Assistant A's Conversation with User|>\n\n",
  end: "\n\n<|The End of Assistant A's Conversation with User|>",
};
const USER = '\n\n### User:\n';
const ASSISTANT = '\n\n### Assistant A:\n';

/** Judgments hold the answer within the prompt of the judge only; the second turn's prompt has both turns. */
function findAnswer(prompts: readonly JsonValue[]): JsonObject {
  let turns: string[] = [];
  for (const prompt of prompts) {
    const found = typeof prompt === 'string' ? findTurns(prompt) : [];
    if (found.length > turns.length) turns = found;
  }
  return turns.length > 0 ? { turns } : { output: null };
}

function findTurns(prompt: string): string[] {
  const conversation = cut(prompt, CONVERSATION);
  if (conversation !== undefined) {
    const [, ...answers] = conversation.split(ASSISTANT);
    return answers.map((answer, place) => {
      const next = answer.lastIndexOf(USER);
      return place === answers.length - 1 || next === -1 ? answer : answer.slice(0, next);
    });
  }
  const answers = ANSWERS.map((marks) => cut(prompt, marks));
  return answers.filter((answer) => answer !== undefined).slice(0, 1);
}

/** Examples by the number of the question, with what question.jsonl next to the file says. */
type ReadQuestion = (id: JsonValue) => {
  readonly example: JsonObject;
  readonly category: JsonValue | undefined;
};

/** Reads the questions of MT-bench that lie next to answers or judgments, or that were joined: FastChat keeps them elsewhere. */
async function findQuestions(file: ResultsFile): Promise<ReadQuestion> {
  const found = await file.companions(/^questions?\.jsonl$/);
  const questions = new Map(
    found
      .flatMap(({ value }) => (Array.isArray(value) ? value : []))
      .map((question) => [spell(memberAt(question, 'question_id')), question] as const),
  );
  return (id) => {
    const question = file.joined.get(spell(id)) ?? questions.get(spell(id));
    const reference = memberAt(question, 'reference');
    return {
      example: {
        id,
        inputs: { question_id: id, ...known({ turns: memberAt(question, 'turns') }) },
        reference_outputs: reference === undefined ? null : { turns: reference },
      },
      category: memberAt(question, 'category'),
    };
  };
}
