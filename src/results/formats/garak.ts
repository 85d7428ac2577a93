import type { Row, Sample } from '../../input/row.js';
import { printJson } from '../../json/print.js';
import { isJsonObject, isNumber, type JsonObject, type JsonValue } from '../../json/value.js';
import { listAt, memberAt, textAt } from '../format-kit/members.js';
import { labelExperiment, type ModelName, splitModel } from '../format-kit/model.js';
import { RecordReader, readRun } from '../format-kit/reader.js';
import { mostRecords, unexpected } from '../format-kit/rows.js';
import type { Format, FormatRow, ResultsFile } from './format.js';

/** What only garak calls so: in its setup, its first line and its attempts. */
const TELLTALE = ['plugins.target_type', 'plugins.model_type', 'garak_version', 'probe_classname'];
/** The status of an attempt that detectors have seen. @see https://github.com/NVIDIA/garak, garak/attempt.py */
const COMPLETE = 2;

/** The report of a scan by garak. An attempt has a line when it was answered, and another once detectors have seen it. */
export const garak: Format = {
  name: 'garak',
  title: 'garak report',
  files: 'garak.<run id>.report.jsonl',
  reads: 'a row per output of an attempt, an experiment per target and probe, a score per detector',
  recognise(sample) {
    if (!isReport(sample)) return undefined;
    return {
      why: 'lines have entry_type, attempts have probe_classname',
      assumptions: [
        'a detector’s score of 1 is a hit: lower is better',
        'lines other than attempts are left out: they set up the scan or sum it up',
      ],
      rows: readReport,
    };
  },
};

function isReport(sample: Sample): boolean {
  const isTelltale = (line: JsonObject) =>
    TELLTALE.some((name) => memberAt(line, name) !== undefined);
  return (
    mostRecords(sample, (line) => textAt(line, 'entry_type') !== undefined) &&
    sample.rows.some(isTelltale)
  );
}

async function* readReport({ records }: ResultsFile): AsyncGenerator<FormatRow> {
  let target: Target = { model: {} };
  const unseen = new Map<string, () => Iterable<FormatRow>>();
  for await (const row of records) {
    const { origin, value: line } = row;
    const kind = textAt(line, 'entry_type');
    if (!isJsonObject(line) || kind === undefined) {
      yield unexpected(row, 'a line of garak with entry_type');
      continue;
    }
    if (kind === 'start_run setup') target = readTarget(line);
    if (kind !== 'attempt') continue;
    const [id, aimedAt] = [textAt(line, 'uuid') ?? '', target];
    if (line.status !== COMPLETE) unseen.set(id, () => readAttempt(origin, line, aimedAt));
    else {
      unseen.delete(id);
      yield* readAttempt(origin, line, aimedAt);
    }
  }
  for (const read of unseen.values()) yield* read();
}

/** Until version 0.13 a target was a model. */
function readTarget(setup: JsonObject): Target {
  const [type, name] = ['type', 'name'].map(
    (what) => textAt(setup, `plugins.target_${what}`) ?? textAt(setup, `plugins.model_${what}`),
  );
  const [family] = type?.split('.') ?? [];
  const model = splitModel(`${family}:${name}`);
  return { name: name ?? type, model: model.ls_provider ? model : splitModel(name) };
}

/** What was scanned. */
interface Target {
  readonly name?: string | undefined;
  readonly model: Partial<ModelName>;
}

/** Several outputs are repetitions. A generator that failed gives null. */
function* readAttempt(
  origin: Row['origin'],
  line: JsonObject,
  target: Target,
): Generator<FormatRow> {
  const outputs = listAt(line, 'outputs') ?? [];
  const count = Math.max(outputs.length, 1);
  const probe = textAt(line, 'probe_classname');
  for (let n = 0; n < count; n++) {
    const value = readRun(line, (attempt) => {
      const prompt = attempt.take('prompt');
      const output = attempt.own('outputs', n, count);
      const { inputs, rest } = readPrompt(prompt);
      attempt.leaveOut('entry_type');
      for (const name of ['conversations', 'messages'])
        attempt.keep({ [name]: withoutCopy(attempt.own(name, n, count), prompt, output) });
      attempt.keep({
        prompt: rest,
        output: restAfter(output, 'text'),
        reverse_translation_outputs: attempt.own('reverse_translation_outputs', n, count),
      });
      const text = textOf(output);
      return {
        id: isNumber(line.seq) ? `${probe} ${line.seq}` : (probe ?? null),
        inputs,
        outputs: text === null ? null : { output: text },
        error: text === null ? 'the generator gave no output' : null,
        feedback: readDetectors(attempt, n),
        metadata: { ...target.model },
      };
    });
    yield { origin, value, experiment: labelExperiment(target.name, probe) };
  }
}

function readDetectors(attempt: RecordReader, n: number): JsonObject[] {
  const results = attempt.object('detector_results') ?? {};
  return Object.entries(results).map(
    ([key, scores]): JsonObject =>
      Array.isArray(scores) ? { key, score: scores[n] ?? null } : { key, value: scores },
  );
}

/** A text, until version 0.11; then a message, or turns of several. */
function readPrompt(prompt: JsonValue): { inputs: JsonObject; rest: JsonObject } {
  const turns = listAt(prompt, 'turns');
  const messages = (turns ?? [{ role: 'user', content: prompt }]).map((turn): JsonObject => {
    if (!isJsonObject(turn)) return { content: turn };
    const { content = null } = turn;
    return { ...restAfter(content, 'text'), ...turn, content: textOf(content) };
  });
  const rest = turns ? restAfter(prompt, 'turns') : {};
  const [only, ...others] = messages;
  if (only?.role !== 'user' || others.length > 0) return { inputs: { messages }, rest };
  const { role: _, content = null, ...about } = only;
  return { inputs: { input: content }, rest: { ...rest, ...about } };
}

/** What an object says besides the member that was read. */
function restAfter(value: JsonValue, read: string): JsonObject {
  const reader = new RecordReader(value);
  reader.leaveOut(read);
  return reader.rest();
}

function textOf(message: JsonValue): JsonValue {
  return isJsonObject(message) ? (message.text ?? null) : message;
}

/** A conversation without its turns, if they are the prompt and the output once more. */
function withoutCopy(conversation: JsonValue, prompt: JsonValue, output: JsonValue): JsonValue {
  const turns = listAt(conversation, 'turns') ?? null;
  const copied = [...(listAt(prompt, 'turns') ?? []), { role: 'assistant', content: output }];
  const isCopy = isJsonObject(conversation) && printJson(turns) === printJson(copied);
  return isCopy ? restAfter(conversation, 'turns') : conversation;
}
