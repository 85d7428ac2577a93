import type { Sample } from '../../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { hasKeys, known, listAt, memberAt, objectAt, textAt } from '../format-kit/members.js';
import { baseName, labelExperiment, splitModel } from '../format-kit/model.js';
import { RecordReader, readRun } from '../format-kit/reader.js';
import { type ReadRecord, readEach } from '../format-kit/rows.js';
import { contentOf, readAnswer, readSteps, type Step } from '../format-kit/steps.js';
import { readUsage, usageOf } from '../format-kit/usage.js';
import { readCell } from '../format-kit/values.js';
import type { Format } from './format.js';

/** What SWE-agent and mini-SWE-agent did on an instance, a file each. @see https://swe-agent.com/latest/usage/trajectories */
export const sweAgent: Format = {
  name: 'swe-agent',
  title: 'SWE-agent trajectories',
  files: '<instance>.traj, <instance>.traj.json, or the folder of a run',
  reads: 'a row per file with its submission and exit status, steps as child runs',
  recognise(sample) {
    const read = isMini(sample) ? readMini : isTrajectory(sample) ? readTrajectory : undefined;
    if (!read) return undefined;
    return {
      why: `it has info with exit_status, and ${read === readMini ? 'messages' : 'a trajectory'}`,
      rows: ({ name, records }) =>
        readEach(records, 'a trajectory', (record) => read(record, name)),
    };
  },
};

function isTrajectory({ document }: Sample): boolean {
  const hasSteps = listAt(document, 'trajectory') ?? listAt(document, 'history');
  const info = objectAt(document, 'info');
  return (
    hasSteps !== undefined &&
    info !== undefined &&
    (hasKeys(info, 'exit_status') || hasKeys(info, 'model_stats'))
  );
}

function isMini({ document }: Sample): boolean {
  const isNamed = /^mini-swe-agent/.test(textAt(document, 'trajectory_format') ?? '');
  const info = objectAt(document, 'info');
  const isTold = isNamed || hasKeys(info, 'exit_status', 'submission');
  return isTold && listAt(document, 'messages') !== undefined && info !== undefined;
}

/** Reads a trajectory of SWE-agent. Since version 1 its configuration is there too, as an object or as JSON text. */
function readTrajectory(record: RecordReader, path: string): ReadRecord {
  const history = record.list('history') ?? [];
  const info = record.open('info');
  const given = memberAt(record.record, 'replay_config') ?? null;
  const config = typeof given === 'string' ? readCell(given) : given;
  const problem = objectAt(config, 'problem_statement');
  const model = textAt(objectAt(objectAt(config, 'agent'), 'model'), 'name');
  const turns = splitTurns(history);
  record.keep({ history: turns.at(-1)?.heard });
  const value = {
    ...readOutcome(info),
    id: textAt(problem, 'id') ?? instanceOf(path),
    inputs: { task: textAt(problem, 'text') ?? findTask(history) },
    metadata: { ...splitModel(model), ...readStats(info) },
    child_runs: readTurnSteps(record.items('trajectory'), turns),
  };
  return { value, experiment: labelExperiment(model) };
}

/** What the model heard before it said something. */
interface Turn {
  readonly heard: JsonValue[];
  readonly said?: JsonObject;
}

/** The last turn has what nothing was said to. */
function splitTurns(history: readonly JsonValue[]): Turn[] {
  const turns: Turn[] = [];
  let heard: JsonValue[] = [];
  for (const message of history) {
    if (!isJsonObject(message) || message.role !== 'assistant' || isDemo(message)) {
      heard.push(message);
      continue;
    }
    turns.push({ heard, said: message });
    heard = [];
  }
  return [...turns, { heard }];
}

/** Each step is what the model said, and what came of it. */
function readTurnSteps(trajectory: readonly JsonObject[], turns: readonly Turn[]): JsonObject[] {
  const answers = turns.slice(0, -1);
  const count = Math.max(trajectory.length, answers.length);
  return Array.from({ length: count }, (_, n) => {
    const { heard = [], said } = answers[n] ?? {};
    const step = trajectory[n] ?? {};
    const answer = said === undefined ? { output: step.response ?? null } : readAnswer(said);
    const model = {
      name: 'model',
      run_type: 'llm',
      inputs: known({ messages: heard }),
      outputs: answer,
    };
    return trajectory[n] ? [model, readRun(step, (one) => readAction(one, answer))] : [model];
  }).flat();
}

/** `query` and `messages` are the history up to the step, once more at each. */
function readAction(step: RecordReader, answer: JsonObject): JsonObject {
  step.leaveOut('query', 'messages');
  step.leaveOutCopy('response', answer.output);
  step.leaveOutCopy('thought', answer.thought);
  return {
    name: 'action',
    run_type: 'tool',
    inputs: { input: step.take('action') },
    outputs: { output: step.take('observation') },
    latency: step.number('execution_time') ?? null,
  };
}

/** Reads a trajectory of mini-SWE-agent: messages, each with what it adds under `extra`. */
function readMini(record: RecordReader, path: string): ReadRecord {
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

/** Reads a step; the choices of a provider's answer are left out, for the message is one of them. */
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

/** Names of the exit status of a run that ended as it should: `submitted`, `submitted (exit_cost)`, `Submitted`. */
const SUBMITTED = /^submitted/i;
const PATCH = /^\s*(?:diff --git |--- )/;

/** What came out of a run. One that broke off has no submission, or in its place what mini-SWE-agent was told. */
function readOutcome(info: RecordReader): JsonObject {
  const status = info.text('exit_status');
  const submission = info.take('submission');
  const isSubmitted = status !== undefined && SUBMITTED.test(status);
  const isPatch = typeof submission === 'string' && PATCH.test(submission);
  const stated = isPatch || !submission ? [] : [submission];
  return {
    outputs: isSubmitted || isPatch ? { submission } : null,
    error: isSubmitted ? null : [status ?? 'there is no exit_status', ...stated].join(': '),
    feedback: status === undefined ? [] : [{ key: 'exit_status', value: status }],
    run_type: 'chain',
  };
}

/** `total_cost` is that of all instances so far. */
function readStats(info: RecordReader): JsonObject {
  const stats = info.open('model_stats');
  return usageOf({
    input_tokens: stats.number('tokens_sent'),
    output_tokens: stats.number('tokens_received'),
    total_cost: stats.number('instance_cost'),
  });
}

/** A file is named for its instance. */
function instanceOf(path: string): string {
  return baseName(path).replace(/\.traj(?:\.json)?(?:\.gz|\.zst)?$/, '');
}

/** Whether a message was shown to the model as an example of how it is done. */
function isDemo(message: JsonValue): boolean {
  return memberAt(message, 'is_demo') === true;
}

/** The first message of the user that is no example. */
function findTask(messages: readonly JsonValue[]): JsonValue {
  const isAsked = (message: JsonValue) => textAt(message, 'role') === 'user' && !isDemo(message);
  return contentOf(messages.find(isAsked));
}
