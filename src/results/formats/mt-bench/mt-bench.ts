import { isJsonObject, type JsonObject } from '../../../json/value.js';
import { labelExperiment } from '../../format-kit/experiment-names.js';
import { hasMembers, listAt, textAt } from '../../format-kit/members.js';
import { splitModel } from '../../format-kit/model.js';
import { readRun } from '../../format-kit/reader.js';
import { mostRecords, unexpected } from '../../format-kit/rows.js';
import type { Format, FormatRow, ResultsFile } from '../format.js';
import { isJudgment, readJudgments } from './judgments.js';
import { findQuestions } from './questions.js';

/** Answers to MT-bench and what judges say of them. @see https://github.com/lm-sys/FastChat, fastchat/llm_judge */
export const mtBench: Format = {
  name: 'mt-bench',
  title: 'MT-bench',
  files: 'model_answer/<model>.jsonl, model_judgment/<judge>_single.jsonl, _pair.jsonl',
  reads: 'a row per question and choice, an experiment per model, the judge’s score of each turn',
  recognise(sample) {
    const hasExperiments = true;
    if (mostRecords(sample, isAnswer)) {
      return {
        why: 'rows have question_id, answer_id and turns',
        hasExperiments,
        rows: readAnswers,
      };
    }
    if (!mostRecords(sample, isJudgment)) return undefined;
    return {
      why: 'rows have question_id, judge and judgment',
      hasExperiments,
      rows: readJudgments,
    };
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
