import type { JsonObject, JsonValue } from '../../json/value.js';
import { known, listAt, memberAt, objectAt, textAt } from '../format-kit/members.js';
import { nameRepository } from '../format-kit/model.js';
import { addMetadata, without } from '../format-kit/reader.js';
import { mostRecords, readEach } from '../format-kit/rows.js';
import { readUsage } from '../format-kit/usage.js';
import type { Format } from './format.js';

/** Into which results of many harnesses are converted. @see https://github.com/evaleval/every_eval_ever */
export const everyEvalEver: Format = {
  name: 'every-eval-ever',
  title: 'Every Eval Ever samples',
  files: '*_samples.jsonl',
  reads: 'a row per sample, score and is_correct, an experiment per model and evaluation',
  recognise(sample) {
    if (!mostRecords(sample, isSample)) return undefined;
    return {
      why: 'rows have schema_version, evaluation_id, sample_id and evaluation.score',
      hasExperiments: true,
      rows: ({ records }) =>
        readEach(
          records,
          'a sample of Every Eval Ever',
          (record) => {
            const model = textAt(record, 'model_id');
            const label = [model, textAt(record, 'evaluation_name')].filter(Boolean).join(' · ');
            const value = readSample(record, model);
            return { value, experiment: label || undefined };
          },
          isSample,
        ),
    };
  },
};

function isSample(record: JsonObject): boolean {
  const names = ['schema_version', 'evaluation_id', 'sample_id'];
  const evaluation = objectAt(record, 'evaluation') ?? {};
  return names.every((name) => Object.hasOwn(record, name)) && Object.hasOwn(evaluation, 'score');
}

function readSample(record: JsonObject, model: string | undefined): JsonObject {
  const input = objectAt(record, 'input') ?? {};
  const output = objectAt(record, 'output') ?? {};
  const evaluation = objectAt(record, 'evaluation') ?? {};
  const metadata: JsonObject = {
    ...nameRepository(model),
    ...readUsage([record.token_usage]),
  };
  addMetadata(metadata, {
    ...objectAt(record, 'metadata'),
    ...without(record, ...READ),
    evaluation: without(evaluation, 'score', 'is_correct'),
    performance: without(objectAt(record, 'performance') ?? {}, 'latency_ms'),
    ...without(input, 'raw', 'reference', 'choices'),
    ...without(output, 'raw'),
  });
  return {
    id: record.sample_id ?? null,
    inputs: { input: input.raw ?? null, ...known({ choices: input.choices }) },
    ...known({ reference_outputs: input.reference }),
    ...readOutput(record, output),
    latency_ms: memberAt(objectAt(record, 'performance'), 'latency_ms') ?? null,
    feedback: ['score', 'is_correct'].flatMap((key) => {
      const score = memberAt(evaluation, key);
      return score === undefined ? [] : [{ key, score }];
    }),
    metadata,
  };
}

const READ = [
  'model_id',
  'sample_id',
  'input',
  'output',
  'evaluation',
  'token_usage',
  'performance',
  'error',
  'metadata',
];

/** A conversation of several turns has no output of its own: it is what was said last. */
function readOutput(record: JsonObject, output: JsonObject): JsonObject {
  const error = memberAt(record, 'error');
  const said = (listAt(record, 'interactions') ?? []).filter(
    (turn) => textAt(turn, 'role') === 'assistant',
  );
  const answer: JsonValue = memberAt(output, 'raw') ?? memberAt(said.at(-1), 'content') ?? null;
  if (error === undefined) return { outputs: { output: answer } };
  return { error, ...known({ outputs: answer }) };
}
