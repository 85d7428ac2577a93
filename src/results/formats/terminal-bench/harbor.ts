import type { JsonObject } from '../../../json/value.js';
import { labelExperiment } from '../../format-kit/experiment-names.js';
import { hasKeys, hasMembers, objectAt, textAt } from '../../format-kit/members.js';
import { splitModel } from '../../format-kit/model.js';
import type { RecordReader } from '../../format-kit/reader.js';
import type { ReadRecord } from '../../format-kit/rows.js';
import { usageOf } from '../../format-kit/usage.js';
import { scoreOrValue } from '../../format-kit/values.js';

/** Whether a record is of a trial, not of a job, which counts trials. @see https://harborframework.com/docs */
export function isHarborTrial(record: JsonObject): boolean {
  return (
    hasMembers(record, 'task_name', 'trial_name') &&
    hasKeys(record, 'agent_result', 'verifier_result')
  );
}

/** Reads a trial, which does not hold what the agent was told. */
export function readHarborTrial(trial: RecordReader): ReadRecord {
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
  const told = [failure.text('exception_type'), failure.text('exception_message')];
  return told.filter((part) => part !== undefined).join(': ') || 'there is no reward';
}
