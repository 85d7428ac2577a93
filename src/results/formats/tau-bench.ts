import type { Row, Sample } from '../../input/row.js';
import { spell } from '../../json/print.js';
import {
  isJsonObject,
  type JsonNumber,
  type JsonObject,
  type JsonValue,
} from '../../json/value.js';
import {
  hasKeys,
  known,
  listAt,
  memberAt,
  numberAt,
  objectAt,
  textAt,
} from '../format-kit/members.js';
import { baseName, splitModel } from '../format-kit/model.js';
import { RecordReader, readRun } from '../format-kit/reader.js';
import { mostRecords, readEach } from '../format-kit/rows.js';
import { lastAnswer, readSteps } from '../format-kit/steps.js';
import { readLooseUsage, readUsage } from '../format-kit/usage.js';
import { readWhen } from '../when.js';
import type { Format, FormatRow, ResultsFile } from './format.js';

/** `gpt-4o-airline.json`, `tool-calling-gpt-4o-0.0_range_0--1_user-gpt-4o-llm_0510120000.json` */
const FILE =
  /^(?:(?:tool-calling|act|react|few-shot)-(.+)-[\d.]+_range_.*|(.+)-(?:airline|retail))\.json$/;

/** What tau-bench writes of each conversation, and tau2 after it. @see https://github.com/sierra-research/tau-bench */
export const tauBench: Format = {
  name: 'tau-bench',
  title: 'tau-bench results',
  files: '<model>-<domain>.json, data/simulations/*.json',
  reads: 'a row per task and trial, its reward, the conversation as child runs',
  recognise(sample) {
    if (isTau2(sample))
      return {
        why: 'it has tasks and simulations',
        recordsAt: ['simulations'],
        rows: readSimulations,
      };
    if (!mostRecords(sample, isTrial)) return undefined;
    const model = modelOf(sample.name);
    return {
      why: 'rows have task_id, reward, traj and trial',
      assumptions: model === undefined ? [] : [`the model is that of the file’s name: ${model}`],
      rows: readTrials,
    };
  },
};

function isTrial(record: JsonObject): boolean {
  return listAt(record, 'traj') !== undefined && hasKeys(record, 'task_id', 'reward', 'trial');
}

/** A trial that broke off does not tell its task: it waits for another that does. */
async function* readTrials({ name, records }: ResultsFile): AsyncGenerator<FormatRow> {
  const model = modelOf(name);
  const tasks = new Map<string, JsonObject>();
  const waiting: { origin: Row['origin']; value: JsonObject }[] = [];
  const trials = readEach(
    records,
    'a trial of tau-bench',
    (record) => ({ value: readTrial(record, model) }),
    isTrial,
  );
  for await (const row of trials) {
    if (!('value' in row)) {
      yield row;
      continue;
    }
    const { id = null, inputs, reference_outputs = null } = row.value;
    if (inputs !== undefined) {
      tasks.set(spell(id), { inputs, reference_outputs });
      yield row;
    } else waiting.push(row);
  }
  for (const { origin, value } of waiting) {
    const task = tasks.get(spell(value.id)) ?? { inputs: { task_id: value.id ?? null } };
    yield { origin, value: { ...value, ...task } };
  }
}

/** What the user simulator costs is not the model's. */
function readTrial(record: RecordReader, model: string | undefined): JsonObject {
  const info = record.merge('info');
  const hasTask = isJsonObject(info.record.task);
  const task = info.merge('task');
  const messages = record.list('traj') ?? [];
  const error = info.take('error');
  const reference = known(task.pick('actions', 'outputs'));
  return {
    id: record.record.task_id ?? null,
    ...(hasTask && {
      inputs: { instruction: task.take('instruction') },
      ...known({ reference_outputs: reference }),
    }),
    error,
    outputs: error === null || messages.length > 0 ? { output: lastAnswer(messages) } : null,
    run_type: 'chain',
    feedback: [{ key: 'reward', score: record.take('reward') }],
    metadata: splitModel(model),
    child_runs: readConversation(messages),
  };
}

function modelOf(path: string): string | undefined {
  const [, ofRun, ofHistory] = FILE.exec(baseName(path)) ?? [];
  return ofRun ?? ofHistory;
}

/** Ends of conversations that broke off and are not evaluated. @see tau2/data_model/simulation.py, TerminationReason */
const FAILED_TO_RUN = ['infrastructure_error', 'context_window_exceeded', 'unexpected_error'];

/** Whether a document is that of tau2. */
function isTau2({ document }: Sample): boolean {
  const tasks = listAt(document, 'tasks');
  const simulations = listAt(document, 'simulations') ?? [];
  const isSimulation = simulations.every(
    (one) => memberAt(one, 'task_id') !== undefined && listAt(one, 'messages') !== undefined,
  );
  return tasks !== undefined && simulations.length > 0 && isSimulation;
}

/** Reads simulations of tau2. Of the header, their tasks, the agent’s model and the domain are kept. */
function readSimulations({ header, records }: ResultsFile): AsyncIterable<FormatRow> {
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
    const stated = {
      user_scenario: memberAt(task, 'user_scenario'),
      ticket: memberAt(task, 'ticket'),
    };
    const { reward_info = null } = record.record;
    const value = {
      id: task_id,
      inputs: { task_id, ...known(stated) },
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

/** What tau2 adds to a message, besides what was said. */
const ADDED = ['timestamp', 'turn_idx', 'cost', 'usage', 'generation_time_seconds'];

/** The steps of a conversation. `raw_data`, a copy of a provider's answer, is left out. */
function readConversation(messages: readonly JsonValue[]): JsonObject[] {
  const single = messages.flatMap((one) => listAt(one, 'tool_messages') ?? one);
  return readSteps(single, (message) => {
    const said = new RecordReader(message);
    said.leaveOut('raw_data');
    const run = readAdded(said.pick(...ADDED), textAt(message, 'role') ?? '');
    return { said: said.rest(), run };
  });
}

/** Tokens of what a model said, one message or many, and its cost in US dollars. */
function sumUsage(
  messages: readonly JsonValue[],
  total_cost: number | JsonNumber | undefined,
): JsonObject {
  const usages = messages.map((one) => new RecordReader(memberAt(one, 'usage')));
  return readUsage(usages, new RecordReader(known({ total_cost })));
}

/** What tau2 adds is of the step; the user's tokens and cost are another model's. */
function readAdded(members: JsonObject, role: string): JsonObject {
  return readRun(members, (added) => {
    const { timestamp = null } = added.record;
    const isTime = readWhen(timestamp) !== undefined;
    if (isTime) added.leaveOut('timestamp');
    const run = { name: role, start_time: isTime ? timestamp : null };
    if (role !== 'assistant') return run;
    return { ...run, metadata: readLooseUsage(added) };
  });
}
