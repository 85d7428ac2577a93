import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { labelExperiment } from '../../format-kit/experiment-names.js';
import { known, memberAt, objectAt, textAt } from '../../format-kit/members.js';
import { readAnswer } from '../../format-kit/messages.js';
import { splitModel } from '../../format-kit/model.js';
import { type RecordReader, readRun } from '../../format-kit/reader.js';
import type { ReadRecord } from '../../format-kit/rows.js';
import { readCell } from '../../format-kit/values.js';
import { findTask, instanceOf, isDemo, readOutcome, readStats } from './outcome.js';

/** Reads a trajectory of SWE-agent. Since version 1 its configuration is there too, as an object or as JSON text. */
export function readTrajectory(record: RecordReader, path: string): ReadRecord {
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
    child_runs: readSteps(record.items('trajectory'), turns),
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
function readSteps(trajectory: readonly JsonObject[], turns: readonly Turn[]): JsonObject[] {
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
    return trajectory[n] ? [model, readRun(step, (one) => readStep(one, answer))] : [model];
  }).flat();
}

/** `query` and `messages` are the history up to the step, once more at each. */
function readStep(step: RecordReader, answer: JsonObject): JsonObject {
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
