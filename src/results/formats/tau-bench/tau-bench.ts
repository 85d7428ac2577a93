import type { Row } from '../../../input/row.js';
import { spell } from '../../../json/print.js';
import { isJsonObject, type JsonObject } from '../../../json/value.js';
import { hasKeys, known, listAt } from '../../format-kit/members.js';
import { baseName, splitModel } from '../../format-kit/model.js';
import type { RecordReader } from '../../format-kit/reader.js';
import { mostRecords, readEach } from '../../format-kit/rows.js';
import { lastAnswer } from '../../format-kit/steps.js';
import type { Format, FormatRow, ResultsFile } from '../format.js';
import { readConversation } from './messages.js';
import { isTau2, readSimulations } from './tau2.js';

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
