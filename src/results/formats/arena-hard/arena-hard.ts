import { isJsonObject, type JsonObject } from '../../../json/value.js';
import { labelExperiment } from '../../format-kit/experiment-names.js';
import { hasMembers, listAt, objectAt, textAt } from '../../format-kit/members.js';
import { splitModel } from '../../format-kit/model.js';
import { RecordReader } from '../../format-kit/reader.js';
import { readingOf } from '../../format-kit/rows.js';
import type { Format } from '../format.js';
import { isJudgment, readJudgment } from './judgments.js';

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
        hasExperiments: true,
        is: isAnswer,
        expected: 'an answer with uid, model and messages',
        read: (record) => readRow(record, readAnswer),
      }) ??
      readingOf(sample, {
        why: 'rows have model, judge and games',
        hasExperiments: true,
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

/** Of other chats, `ans_id` or an answer within the content tells these. Until version 2 they were as those of MT-bench. */
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
