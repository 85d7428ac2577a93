import type { JsonObject } from '../../json/value.js';
import { hasKeys, hasMembers, known, memberAt, objectAt, textAt } from '../format-kit/members.js';
import { labelExperiment, type ModelName, splitModel } from '../format-kit/model.js';
import type { RecordReader } from '../format-kit/reader.js';
import {
  findRecords,
  type ReadRecord,
  readEach,
  readingOf,
  summaryOf,
} from '../format-kit/rows.js';
import { readLooseUsage, usageOf } from '../format-kit/usage.js';
import { scoreOrValue, scoresIn } from '../format-kit/values.js';
import type { Format, FormatRow, ResultsFile } from './format.js';

/** Results of terminal-bench, of a run or of a trial, and of Harbor, which runs its second version. */
export const terminalBench: Format = {
  name: 'terminal-bench',
  title: 'terminal-bench and Harbor',
  files: 'results.json of a run or a trial; result.json of a Harbor trial',
  reads: 'a row per trial, is_resolved or its rewards as scores, its times and tokens',
  recognise(sample) {
    const place = findRecords(sample, isTrial, ['results']);
    if (place)
      return {
        why: 'trials have task_id, trial_name, is_resolved and failure_mode',
        ...place,
        rows: readTrials,
      };
    return readingOf(sample, {
      why: 'it has task_name, trial_name, agent_result and verifier_result',
      is: isHarborTrial,
      expected: 'a trial of Harbor with task_name and trial_name',
      read: readHarborTrial,
    });
  },
};

function isTrial(record: JsonObject): boolean {
  return (
    hasMembers(record, 'task_id', 'trial_name') && hasKeys(record, 'is_resolved', 'failure_mode')
  );
}

/** Only `run_metadata.json`, next to the results of a run, names the agent and the model. */
async function* readTrials({
  companions,
  header,
  records,
}: ResultsFile): AsyncGenerator<FormatRow> {
  const [run] = await companions(/^run_metadata\.json$/);
  const [agent, model] = ['agent_name', 'model_name'].map((name) => textAt(run?.value, name));
  const expected = 'a trial of terminal-bench with task_id and is_resolved';
  const label = labelExperiment(agent, model);
  const read = (trial: RecordReader) => {
    trial.keep({ agent_name: agent, run: memberAt(run?.value, 'run_id') });
    const value = readTrial(trial, splitModel(model));
    return { value, ...(label !== '' && { experiment: label }) };
  };
  yield* readEach(records, expected, read, isTrial);
  yield* summaryOf(scoresIn({ accuracy: header.accuracy ?? null }), label);
}

/** A trial has no outputs but what it left in its container; one whose tests did not end, no verdict. What is timed is the agent, not the container or the tests. */
function readTrial(trial: RecordReader, model: Partial<ModelName>): JsonObject {
  const mode = textAt(trial.record, 'failure_mode');
  const failure = mode === undefined || /^(?:unset|none)$/.test(mode) ? undefined : mode;
  const resolved = trial.take('is_resolved');
  const id = trial.take('task_id');
  return {
    id,
    inputs: { task_id: id, ...known({ instruction: trial.text('instruction') }) },
    error: resolved === null ? (failure ?? 'there is no verdict') : null,
    start_time: trial.take('agent_started_at', 'trial_started_at'),
    end_time: trial.take('agent_ended_at', 'trial_ended_at'),
    run_type: 'chain',
    feedback: [{ key: 'is_resolved', score: resolved, comment: failure ?? null }],
    metadata: { ...model, ...readLooseUsage(trial) },
  };
}

/** Whether a record is of a trial, not of a job, which counts trials. @see https://harborframework.com/docs */
function isHarborTrial(record: JsonObject): boolean {
  return (
    hasMembers(record, 'task_name', 'trial_name') &&
    hasKeys(record, 'agent_result', 'verifier_result')
  );
}

/** Reads a trial, which does not hold what the agent was told. */
function readHarborTrial(trial: RecordReader): ReadRecord {
  const agent = trial.open('agent_info');
  const config = objectAt(trial.record.config ?? null, 'agent');
  const { name, provider } = agent.open('model_info').record;
  const model =
    [provider, name].filter((part) => typeof part === 'string').join('/') ||
    textAt(config, 'model_name');
  const result = trial.open('agent_result');
  const rewards = trial.open('verifier_result').object('rewards') ?? {};
  const execution = trial.open('agent_execution');
  const task = trial.take('task_name');
  const hasReward = Object.keys(rewards).length > 0;
  const value = {
    id: task,
    inputs: { task_name: task },
    error: hasReward ? null : readFailure(trial.open('exception_info')),
    start_time: execution.take('started_at') ?? trial.take('started_at'),
    end_time: execution.take('finished_at') ?? trial.take('finished_at'),
    run_type: 'chain',
    feedback: Object.entries(rewards).map(([key, reward]) => ({ key, ...scoreOrValue(reward) })),
    metadata: {
      ...splitModel(model),
      ...usageOf({
        input_tokens: result.number('n_input_tokens'),
        output_tokens: result.number('n_output_tokens'),
        cached_tokens: result.number('n_cache_tokens'),
        total_cost: result.number('cost_usd'),
      }),
    },
  };
  return { value, experiment: labelExperiment(textAt(agent.record, 'name'), model) };
}

function readFailure(failure: RecordReader): string {
  const stated = [failure.text('exception_type'), failure.text('exception_message')];
  return stated.filter((part) => part !== undefined).join(': ') || 'there is no reward';
}
