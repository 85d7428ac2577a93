import type { Row } from '../../../input/row.js';
import { printJson } from '../../../json/print.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import { isUuid } from '../../../uuid.js';
import { OF_THE_SERVER } from '../../example.js';
import { known, memberAt, saysNothing, textAt } from '../../format-kit/members.js';
import type { RecordReader } from '../../format-kit/reader.js';
import type { ReadRecord } from '../../format-kit/rows.js';
import { splitOff } from '../../splits.js';
import { exampleOf, experimentOf, refusalOf } from './run.js';
import { readRunTree } from './trace-rows.js';
import { growTrees, Traces } from './traces.js';

const ATTACHMENTS = 'attachments of examples are not carried over';

/**
 * Reads a run next to the example that it answers, whose outputs are the reference.
 *
 * @param stated feedback on the run that stands next to it.
 */
export function readAnswered(
  run: JsonObject,
  example: RecordReader,
  options: {
    readonly origin: Row['origin'];
    readonly nameOf: (key: string, name: string) => string;
    readonly stated?: readonly JsonObject[];
  },
): ReadRecord {
  const { origin, nameOf, stated } = options;
  const problem = refusalOf(run);
  if (problem !== undefined) return problem;
  const traces = new Traces();
  traces.add({ origin, record: run });
  const [tree] = growTrees(traces.end().flat());
  if (!tree) return 'there is no run';
  const notes = new Set<string>();
  const fields = readRunTree(tree, (text) => notes.add(text), { stated });

  const id = textAt(example.record, 'id') ?? '';
  const isKnown = isUuid(id);
  const { metadata, split } = splitOff(example.object('metadata') ?? {});
  const inputs = example.object('inputs');
  const reference = example.object('outputs');
  if (!saysNothing(memberAt(example.record, 'attachment_urls') ?? null)) notes.add(ATTACHMENTS);
  example.leaveOut([...OF_THE_SERVER].filter((name) => name !== 'id' || isKnown));
  const experiment = experimentOf(run);
  const value = {
    ...fields,
    id: textAt(run, 'id') ?? null,
    example_id: isKnown ? id : exampleOf(run),
    inputs: inputs ?? fields.inputs ?? null,
    outputs: fields.outputs ?? (fields.error === null ? {} : null),
    reference_outputs: reference ?? null,
    ...known({ example_metadata: metadata, split: [...split] }),
    metadata: {
      ...(fields.metadata as JsonObject),
      ...(inputs && known({ run_inputs: otherInputs(fields.inputs, inputs) })),
    },
  };
  return {
    value,
    notes: [...notes],
    ...(experiment && { experiment: nameOf(experiment.key, experiment.name) }),
  };
}

/** What the run was given, if that is not its example's inputs, nor these as the argument of a function. */
function otherInputs(given: JsonValue | undefined, inputs: JsonObject): JsonValue | undefined {
  if (given === undefined || given === null) return undefined;
  const text = printJson(inputs);
  const [only, ...others] = isJsonObject(given) ? Object.values(given) : [];
  const isWrapped = others.length === 0 && only !== undefined && printJson(only) === text;
  return isWrapped || printJson(given) === text ? undefined : given;
}
