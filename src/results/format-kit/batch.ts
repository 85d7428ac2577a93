import type { Row } from '../../input/row.js';
import { isJsonObject, type JsonObject } from '../../json/value.js';
import type { FormatRow, ResultsFile } from '../formats/format.js';
import { describeFound, shorten } from '../found.js';
import { labelExperiment } from './experiment-names.js';
import { known, objectAt, textAt } from './members.js';
import { splitModel } from './model.js';
import { addMetadata, without } from './reader.js';

/** Members of a request that hold what is asked; all others say how. */
const PROMPT = ['messages', 'system', 'input', 'instructions', 'prompt', 'tools'];
/** Rows that do not tell their model wait until it is known whether there is more than one. */
const MAX_WAITING = 1_000_000;

/** What a record of a batch says. */
export interface BatchAnswer {
  /** `outputs` or `error`, and times. */
  readonly value: JsonObject;
  readonly model: string | undefined;
  readonly usage: JsonObject;
  readonly metadata: JsonObject;
}

/**
 * Reads answers to a batch of requests, an experiment per model. A request that failed tells no model: if there is
 * only one, it is that.
 */
export async function* readBatch(
  { records, joined }: ResultsFile,
  read: (record: JsonObject) => BatchAnswer,
): AsyncGenerator<FormatRow> {
  const waiting: { origin: Row['origin']; value: JsonObject }[] = [];
  const labels = new Set<string>();
  for await (const { origin, value: record } of records) {
    const id = textAt(record, 'custom_id');
    const request = joined.get(id ?? '');
    if (!isJsonObject(record) || id === undefined) {
      yield { origin, problem: `found ${describeFound(record)}, expected a result with custom_id` };
    } else if (joined.size > 0 && request === undefined) {
      yield { origin, problem: `no request that is joined has the custom_id ${shorten(id)}` };
    } else {
      const asked = readRequest(request);
      const answer = read(record);
      const value = toRow(id, asked, answer);
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
  const body = objectAt(request, 'body') ?? objectAt(request, 'params') ?? request;
  const asked = Object.keys(body).filter((name) => PROMPT.includes(name));
  const others = Object.keys(body).filter((name) => !PROMPT.includes(name));
  return {
    inputs: without(body, asked.length > 0 ? others : ['model', 'custom_id']),
    model: textAt(body, 'model'),
    parameters: asked.length > 0 ? without(body, asked, 'model', 'custom_id') : {},
  };
}

function toRow(id: string, asked: BatchRequest | undefined, answer: BatchAnswer): JsonObject {
  const model = answer.model ?? asked?.model;
  const metadata: JsonObject = {
    ...splitModel(model),
    ...answer.usage,
    ...known({ custom_id: asked && id }),
  };
  addMetadata(metadata, answer.metadata);
  addMetadata(metadata, asked?.parameters ?? {});
  return { id, inputs: asked?.inputs ?? { custom_id: id }, ...known(answer.value), metadata };
}
