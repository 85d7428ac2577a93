import type { Row } from '../../../input/row.js';
import type { JsonObject, JsonValue } from '../../../json/value.js';
import { labelExperiment } from '../../format-kit/experiment-names.js';
import { known, listAt, objectAt, textAt } from '../../format-kit/members.js';
import { splitModel } from '../../format-kit/model.js';
import { type RecordReader, readRun } from '../../format-kit/reader.js';
import type { FormatRow } from '../format.js';
import { modelOf, takeScores, textOf } from './members.js';

/** Whether a record is a conversation with a RAG source, and was evaluated. */
export function isOfTurns(record: JsonObject): boolean {
  const turns = listAt(record, 'conversationTurns') ?? [];
  return turns.some((turn) => objectAt(turn, 'inputRecord') && listAt(turn, 'results'));
}

/** A row for each turn, which is asked with all that was said before it. */
export function* readTurns(origin: Row['origin'], record: JsonObject): Generator<FormatRow> {
  const said: JsonObject[] = [];
  for (const turn of listAt(record, 'conversationTurns') ?? []) {
    const value = readRun(record, (whole) => {
      whole.leaveOut('conversationTurns');
      return readTurn(whole.join(turn), said);
    });
    const output = objectAt(turn, 'output');
    const [model, source] = ['modelIdentifier', 'knowledgeBaseIdentifier'].map((name) =>
      modelOf(textAt(output, name)),
    );
    yield { origin, value, experiment: labelExperiment(model, source) };
  }
}

/** Of a retrieval alone, the output is what was found. */
function readTurn(turn: RecordReader, said: JsonObject[]): JsonObject {
  const input = turn.merge('inputRecord');
  const output = turn.merge('output');
  const prompt = textOf(input.take('prompt'));
  const answer = output.take('text');
  const inputs: JsonValue =
    said.length === 0 ? { prompt } : { messages: [...said, { role: 'user', content: prompt }] };
  said.push({ role: 'user', content: prompt });
  if (answer !== null) said.push({ role: 'assistant', content: answer });
  return {
    inputs,
    reference_outputs: textOf(input.take('referenceResponses')),
    outputs: {
      ...known({ output: answer }),
      ...output.pick('retrievedPassages', 'retrievedResults', 'citations'),
    },
    feedback: takeScores(turn, 'results'),
    metadata: splitModel(modelOf(output.text('modelIdentifier'))),
  };
}
