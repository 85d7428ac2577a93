import type { Row } from '../../input/row.js';
import { isJsonObject, type JsonObject } from '../../json/value.js';
import type { FormatRow, ResultsFile } from '../formats/format.js';
import { shorten } from '../found.js';
import { known, objectAt, textAt, without } from './members.js';
import { labelExperiment, splitModel } from './model.js';
import { RecordReader, withRest } from './reader.js';
import { unexpected } from './rows.js';

/** Members of a request that hold what is asked; all others say how. */
const PROMPT = ['messages', 'system', 'input', 'instructions', 'prompt', 'tools'];
/** Rows that do not tell their model wait until it is known whether there is more than one. */
const MAX_WAITING = 1_000_000;

/** What a record of a batch says: a run, and the model that answered. */
export interface BatchAnswer {
  readonly run: JsonObject;
  readonly model: string | undefined;
  readonly usage: JsonObject;
}

/**
 * Reads answers to a batch of requests, an experiment per model. A request that failed tells no model: if there is
 * only one, it is that.
 */
export async function* readBatch(
  { records, joined }: ResultsFile,
  read: (record: RecordReader) => BatchAnswer,
): AsyncGenerator<FormatRow> {
  const waiting: { origin: Row['origin']; value: JsonObject }[] = [];
  const labels = new Set<string>();
  for await (const { origin, value: record } of records) {
    const id = textAt(record, 'custom_id');
    const request = joined.get(id ?? '');
    if (!isJsonObject(record) || id === undefined) {
      yield unexpected({ origin, value: record }, 'a result with custom_id');
    } else if (joined.size > 0 && request === undefined) {
      yield { origin, problem: `no request that is joined has the custom_id ${shorten(id)}` };
    } else {
      const reader = new RecordReader(record);
      reader.leaveOut('custom_id');
      const asked = readRequest(request);
      const answer = read(reader);
      reader.keep(asked?.parameters ?? {});
      const value = withRest(toRow(id, asked, answer), reader);
      const model = asked?.model ?? answer.model;
      if (model === undefined && waiting.length < MAX_WAITING) {
        waiting.push({ origin, value });
        continue;
      }
      const experiment = labelExperiment(model);
      labels.add(experiment);
      yield { origin, value, experiment };
    }
  }
  const [only, ...others] = labels;
  for (const row of waiting) yield { ...row, experiment: others.length === 0 ? only : undefined };
}

interface BatchRequest {
  readonly inputs: JsonObject;
  readonly model: string | undefined;
  readonly parameters: JsonObject;
}

/** A line of what a batch was made of: OpenAI's has `body`, Anthropic's `params`. */
function readRequest(request: JsonObject | undefined): BatchRequest | undefined {
  if (!request) return undefined;
  const {
    model,
    custom_id: _,
    ...body
  } = objectAt(request, 'body') ?? objectAt(request, 'params') ?? request;
  const others = Object.keys(body).filter((name) => !PROMPT.includes(name));
  const isAsked = others.length < Object.keys(body).length;
  return {
    inputs: isAsked ? without(body, others) : body,
    model: typeof model === 'string' && model !== '' ? model : undefined,
    parameters: isAsked ? without(body, PROMPT) : {},
  };
}

function toRow(
  id: string,
  asked: BatchRequest | undefined,
  { run, model = asked?.model, usage }: BatchAnswer,
): JsonObject {
  const metadata = { ...splitModel(model), ...usage, ...known({ custom_id: asked && id }) };
  return { id, inputs: asked?.inputs ?? { custom_id: id }, ...known(run), metadata };
}
