import type { JsonObject, JsonValue } from '../../json/value.js';
import { hasKeys, known, listAt, memberAt, textAt } from '../format-kit/members.js';
import { nameRepository } from '../format-kit/model.js';
import type { RecordReader } from '../format-kit/reader.js';
import { readingOf } from '../format-kit/rows.js';
import { readUsage } from '../format-kit/usage.js';
import type { Format } from './format.js';

/** Into which results of many harnesses are converted. @see https://github.com/evaleval/every_eval_ever */
export const everyEvalEver: Format = {
  name: 'every-eval-ever',
  title: 'Every Eval Ever samples',
  files: '*_samples.jsonl',
  reads: 'a row per sample, score and is_correct, an experiment per model and evaluation',
  recognise: (sample) =>
    readingOf(sample, {
      why: 'rows have schema_version, evaluation_id, sample_id and evaluation.score',
      expected: 'a sample of Every Eval Ever',
      is: (record) =>
        hasKeys(record, 'schema_version', 'evaluation_id', 'sample_id') &&
        hasKeys(record.evaluation, 'score'),
      read(record) {
        const model = record.text('model_id');
        const name = textAt(record.record, 'evaluation_name');
        const label = [model, name].filter(Boolean).join(' · ');
        return { value: readSample(record, model), experiment: label || undefined };
      },
    }),
};

function readSample(record: RecordReader, model: string | undefined): JsonObject {
  const input = record.merge('input');
  const evaluation = record.open('evaluation');
  record.merge('metadata');
  return {
    id: record.take('sample_id'),
    inputs: { input: input.take('raw'), ...known({ choices: input.take('choices') }) },
    ...known({ reference_outputs: input.take('reference') }),
    ...readOutput(record),
    latency_ms: record.open('performance').take('latency_ms'),
    feedback: ['score', 'is_correct'].flatMap((key) => {
      const score = evaluation.take(key);
      return score === null ? [] : [{ key, score }];
    }),
    metadata: { ...nameRepository(model), ...readUsage(record.open('token_usage')) },
  };
}

/** A conversation of several turns has no output of its own: it is what was said last. */
function readOutput(record: RecordReader): JsonObject {
  const error = record.take('error');
  const said = (listAt(record.record, 'interactions') ?? []).filter(
    (turn) => textAt(turn, 'role') === 'assistant',
  );
  const raw = record.merge('output').take('raw');
  const answer: JsonValue = raw ?? memberAt(said.at(-1), 'content') ?? null;
  if (error === null) return { outputs: { output: answer } };
  return { error, ...known({ outputs: answer }) };
}
