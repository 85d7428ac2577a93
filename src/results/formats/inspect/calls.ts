import { printJson } from '../../../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../../json/value.js';
import { known, listAt, objectAt, textAt, toNumber, without } from '../../format-kit/members.js';
import { splitModel } from '../../format-kit/model.js';
import { readRun } from '../../format-kit/reader.js';
import { readAnswer } from '../../format-kit/steps.js';
import { readUsage } from '../../format-kit/usage.js';

/** What happened in a sample, in order; within an event others may have happened. */
export function listEvents(sample: JsonObject): JsonObject[] {
  const waiting = [listAt(sample, 'events') ?? listAt(objectAt(sample, 'transcript'), 'events')];
  const events: JsonObject[] = [];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const [index, event] of next.entries()) {
      if (isJsonObject(event)) events.push(event);
      const within = listAt(event, 'events');
      if (!within) continue;
      waiting.push(next.slice(index + 1), within);
      break;
    }
  }
  return events;
}

/** Calls as child runs, and the messages that they have, as JSON. */
interface Calls {
  readonly calls: JsonObject[];
  readonly said: ReadonlySet<string>;
}

/**
 * Calls of models and tools as child runs. Each call of a model has those messages that were not in the call before it:
 * all of them, every time, would be a conversation's length squared. Left out are calls of scorers, which judge, and
 * copies of requests as the provider got them.
 */
export function readCalls(sample: JsonObject, put: (value: JsonValue) => JsonValue): Calls {
  const pool =
    listAt(sample, 'message_pool') ?? listAt(objectAt(sample, 'events_data'), 'messages') ?? [];
  const calls: JsonObject[] = [];
  const said = new Set<string>();
  const scoring = followScorers();
  let heard = new Set<string>();
  for (const event of listEvents(sample)) {
    if (scoring(event)) continue;
    if (event.event === 'model') {
      const messages = messagesOf(event, pool);
      const marks = messages.map((message) => textAt(message, 'id') ?? JSON.stringify(message));
      const fresh = messages.filter((_, index) => !heard.has(marks[index] ?? ''));
      heard = new Set(marks);
      // A call that is made again has nothing new.
      const shown = (fresh.length > 0 ? fresh : messages.slice(-1)).map(put);
      const answer = put(answerOf(event));
      for (const message of [...shown, answer]) said.add(printJson(message));
      calls.push(readModelCall(event, shown, answer, put));
    } else if (event.event === 'tool') calls.push(readToolCall(event, put));
  }
  return { calls, said };
}

/** Tells for each event in turn whether it is of a scorer: spans name the one above, older steps begin and end. */
function followScorers(): (event: JsonObject) => boolean {
  const spans = new Set<JsonValue>();
  let steps = 0;
  return (event) => {
    const isScorer = /^scorers?$/.test(textAt(event, 'type') ?? '');
    if (event.event === 'span_begin' && (isScorer || spans.has(event.parent_id ?? null)))
      spans.add(event.id ?? '');
    if (event.event === 'step' && (isScorer || steps > 0)) steps += event.action === 'end' ? -1 : 1;
    return steps > 0 || spans.has(event.span_id ?? null);
  };
}

/** Since version 3 of the log, messages stand in a pool, and an event has ranges of it. */
function messagesOf(event: JsonObject, pool: readonly JsonValue[]): JsonValue[] {
  const input = listAt(event, 'input') ?? [];
  const ranges = listAt(event, 'input_refs') ?? [];
  if (input.length > 0) return input;
  return ranges.flatMap((range) => {
    const [start, end] = Array.isArray(range) ? range.map(toNumber) : [];
    return start === undefined || end === undefined ? [] : pool.slice(start, end);
  });
}

function answerOf(event: JsonObject): JsonValue {
  return objectAt(listAt(objectAt(event, 'output'), 'choices')?.[0], 'message') ?? null;
}

function readModelCall(
  event: JsonObject,
  messages: JsonValue,
  answer: JsonValue,
  put: (value: JsonValue) => JsonValue,
): JsonObject {
  return readRun(event, (record) => {
    const output = record.open('output');
    const [first, ...others] = output.list('choices') ?? [];
    const choice = record.join(first);
    if (answer !== null) choice.leaveOut('message');
    const error = record.text('error') ?? output.text('error');
    record.keep({ other_choices: put(others) });
    record.leaveOut(...OF_ALL, 'input', 'input_refs', 'call', 'traceback_ansi');
    output.leaveOut('completion');
    const model = [record.text('model'), output.text('model')].find(Boolean) ?? 'model';
    return {
      name: record.text('role') ?? 'model',
      run_type: 'llm',
      inputs: { messages },
      outputs: isJsonObject(answer) ? readAnswer(without(answer, 'id', 'source', 'model')) : null,
      error: error ?? null,
      ...readTimes(event, output.number('time') ?? null),
      metadata: { ...splitModel(model), ...readUsage(output.open('usage')) },
    };
  });
}

function readToolCall(event: JsonObject, put: (value: JsonValue) => JsonValue): JsonObject {
  return readRun(event, (record) => {
    record.leaveOut(...OF_ALL, 'type', 'events', 'view');
    const error = record.take('error');
    return {
      name: record.text('function') ?? 'tool',
      run_type: 'tool',
      inputs: put(record.take('arguments') ?? {}),
      outputs: { output: put(record.take('result')) },
      ...known({ error: textAt(error, 'message') ?? error }),
      ...readTimes(event, null),
    };
  });
}

/** `completed` came in 2025; before, an event had the time of its end. */
function readTimes(event: JsonObject, latency: JsonValue): JsonObject {
  const { timestamp = null, completed = null } = event;
  return completed === null
    ? { end_time: timestamp, latency }
    : { start_time: timestamp, end_time: completed };
}

/** What places an event among the others. */
const OF_ALL = ['uuid', 'span_id', 'timestamp', 'working_start', 'event', 'completed', 'pending'];

/** What stands for a text that is kept next to the events: `attachment://<hash>`, in logs of 2024 `tc://<hash>`. */
const REFERENCE = /^(?:attachment|tc):\/\/([0-9a-f]{16,64})$/;
/** One text may be referred to thousands of times; all of them together are put in up to here. */
const MAX_CHARACTERS = 32 * 1024 * 1024;

/**
 * Puts texts back in their places. A reference to none is left as it is.
 *
 * @see https://inspect.aisi.org.uk/eval-logs.html, attachments
 */
export function putBack(sample: JsonObject): (value: JsonValue) => JsonValue {
  const attachments =
    objectAt(sample, 'attachments') ?? objectAt(objectAt(sample, 'transcript'), 'content') ?? {};
  if (Object.keys(attachments).length === 0) return (value) => value;
  let characters = 0;
  const put = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') {
      const [, hash = ''] = REFERENCE.exec(value) ?? [];
      const text = textAt(attachments, hash);
      if (text === undefined || characters + text.length > MAX_CHARACTERS) return value;
      characters += text.length;
      return text;
    }
    if (Array.isArray(value)) return value.map(put);
    if (!isJsonObject(value)) return value;
    const object: JsonObject = {};
    for (const name of Object.keys(value)) setKey(object, name, put(value[name] as JsonValue));
    return object;
  };
  return put;
}
