import type { Sample } from '../../../input/sample.js';
import { spell } from '../../../json/print.js';
import { known, listAt, memberAt, numberAt, objectAt, textAt } from '../../format-kit/members.js';
import { splitModel } from '../../format-kit/model.js';
import { readEach } from '../../format-kit/rows.js';
import { lastAnswer } from '../../format-kit/steps.js';
import type { FormatRow, ResultsFile } from '../format.js';
import { readConversation, sumUsage } from './messages.js';

/** Ends of conversations that broke off and are not evaluated. @see tau2/data_model/simulation.py, TerminationReason */
const FAILED_TO_RUN = ['infrastructure_error', 'context_window_exceeded', 'unexpected_error'];

/** Whether a document is that of tau2. */
export function isTau2({ document }: Sample): boolean {
  const tasks = listAt(document, 'tasks');
  const simulations = listAt(document, 'simulations') ?? [];
  const isSimulation = simulations.every(
    (one) => memberAt(one, 'task_id') !== undefined && listAt(one, 'messages') !== undefined,
  );
  return tasks !== undefined && simulations.length > 0 && isSimulation;
}

/** Reads simulations of tau2. Of the header, their tasks, the agent’s model and the domain are kept. */
export function readSimulations({ header, records }: ResultsFile): AsyncIterable<FormatRow> {
  const tasks = new Map(
    (listAt(header, 'tasks') ?? []).map((task) => [spell(memberAt(task, 'id')), task] as const),
  );
  const info = objectAt(header, 'info');
  const model = textAt(objectAt(info, 'agent_info'), 'llm');
  const domain = textAt(objectAt(info, 'environment_info'), 'domain_name');
  return readEach(records, 'a simulation of tau2', (record) => {
    const { task_id = null } = record.record;
    const task = tasks.get(spell(task_id));
    const messages = record.list('messages') ?? [];
    const reason = textAt(record.record, 'termination_reason') ?? '';
    const hasFailed = FAILED_TO_RUN.includes(reason);
    const said = messages.filter((message) => textAt(message, 'role') === 'assistant');
    record.keep({
      domain,
      description: memberAt(task, 'description'),
      initial_state: memberAt(task, 'initial_state'),
    });
    // What the user is told; the task's number keeps those apart that are told the same.
    const told = {
      user_scenario: memberAt(task, 'user_scenario'),
      ticket: memberAt(task, 'ticket'),
    };
    const { reward_info = null } = record.record;
    const value = {
      id: task_id,
      inputs: { task_id, ...known(told) },
      ...known({ reference_outputs: objectAt(task, 'evaluation_criteria') }),
      outputs: hasFailed && messages.length === 0 ? null : { output: lastAnswer(messages) },
      error: hasFailed ? reason : null,
      start_time: record.take('start_time'),
      end_time: record.take('end_time'),
      latency: record.number('duration') ?? null,
      run_type: 'chain',
      feedback: [{ key: 'reward', score: numberAt(reward_info, 'reward') ?? null }],
      metadata: { ...splitModel(model), ...sumUsage(said, record.number('agent_cost')) },
      child_runs: readConversation(messages),
    };
    return { value };
  });
}
