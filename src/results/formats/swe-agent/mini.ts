import type { JsonObject, JsonValue } from '../../../json/value.js';
import { labelExperiment } from '../../format-kit/experiment-names.js';
import { known, memberAt, objectAt, textAt } from '../../format-kit/members.js';
import { splitModel } from '../../format-kit/model.js';
import { RecordReader, readRun } from '../../format-kit/reader.js';
import type { ReadRecord } from '../../format-kit/rows.js';
import { readSteps, type Step } from '../../format-kit/steps.js';
import { readUsage } from '../../format-kit/usage.js';
import { findTask, instanceOf, readOutcome } from './outcome.js';

/** Reads a trajectory of mini-SWE-agent: messages, each with what it adds under `extra`. */
export function readMini(record: RecordReader, path: string): ReadRecord {
  const messages = record.list('messages') ?? [];
  const info = record.open('info');
  const model = info.open('config').open('model').text('model_name');
  const value = {
    ...readOutcome(info),
    id: record.text('instance_id') ?? instanceOf(path),
    inputs: { task: findTask(messages) },
    metadata: { ...splitModel(model), ...sumUsage(messages, info) },
    child_runs: readSteps(messages, readStep),
  };
  return { value, experiment: labelExperiment(model) };
}

/** Of a provider's answer, its choices are left out: the message is one of them. */
function readStep(message: JsonObject): Step {
  const said = new RecordReader(message);
  const run = readRun(said.pick('extra'), (added) => {
    const extra = added.merge('extra');
    const response = extra.open('response');
    response.leaveOut('choices', 'object');
    const cost = new RecordReader(known({ total_cost: extra.number('cost') }));
    return {
      name: textAt(message, 'role') ?? null,
      start_time: extra.take('timestamp'),
      metadata: {
        ...splitModel(response.text('model')),
        ...readUsage(response.open('usage'), cost),
      },
    };
  });
  return { said: said.rest(), run };
}

/** Tokens of all answers together, and the cost of the instance. */
function sumUsage(messages: readonly JsonValue[], info: RecordReader): JsonObject {
  const usages = messages.map((message) => objectAt(message, 'extra'));
  const total_cost = info.open('model_stats').number('instance_cost');
  return readUsage(
    usages.map((extra) => new RecordReader(memberAt(objectAt(extra, 'response'), 'usage'))),
    new RecordReader(known({ total_cost })),
  );
}
