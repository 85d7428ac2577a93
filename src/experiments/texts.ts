import type { JsonObject } from '../json/value.js';
import type { LangSmith } from '../langsmith/client.js';
import { inOrder } from '../langsmith/in-order.js';
import type { Example, Experiment } from '../langsmith/wire.js';
import { type ExampleFacts, factsOf } from './example-facts.js';
import { rowIdOf } from './row-head.js';
import type { Subject } from './subject.js';

/** An example, and what one experiment or file answered. */
export interface Answer extends ExampleFacts {
  /** The row's own id, where its file gave one. */
  readonly rowId: string | undefined;
  /** `file:line`, of a row that is read from a file. */
  readonly place?: string | undefined;
  readonly runs: readonly RunText[];
}

export interface RunText {
  readonly outputs: JsonObject | undefined;
  readonly error: string | undefined;
}

/** Where the words of an experiment or a file are read: only of rows that are printed, or asked about. */
export interface Texts {
  /** @param exampleIds those wanted; default: all, whether they are answered or not. In no order. */
  examples(exampleIds?: readonly string[]): AsyncIterable<ExampleFacts>;
  /** The same with what runs said, of those that have any. */
  answers(exampleIds?: readonly string[]): AsyncIterable<Answer>;
}

/** An experiment or a file, with where its words are. */
export interface Compared {
  readonly subject: Subject;
  readonly texts: Texts;
}

/** An experiment or a file, with what its examples ask. */
export interface Asked {
  readonly subject: Subject;
  readonly texts: Pick<Texts, 'examples'>;
}

/** Ids that one request can hold. */
const ROWS = 1000;
const EXAMPLES = 100;

/** The words of an experiment on a server. */
export function textsOf(client: LangSmith, datasetId: string, { id }: Experiment): Texts {
  return {
    async *examples(wanted) {
      const found = wanted
        ? findExamples(client, datasetId, wanted)
        : client.listExamples(datasetId);
      for await (const example of found) yield factsOf({ ...example, exampleId: example.id });
    },
    async *answers(wanted) {
      for (const exampleIds of wanted ? chunks(wanted, ROWS) : [undefined]) {
        const asked = exampleIds && { exampleIds };
        for await (const found of client.listExamplesWithRuns(datasetId, [id], asked)) {
          if (found.runs.length === 0) continue;
          yield {
            ...factsOf({ ...found, exampleId: found.id }),
            rowId: found.runs.map(rowIdOf).find((rowId) => rowId !== undefined),
            runs: found.runs.map(({ outputs, error }) => ({ outputs, error })),
          };
        }
      }
    },
  };
}

async function* findExamples(
  client: LangSmith,
  datasetId: string,
  ids: readonly string[],
): AsyncGenerator<Example> {
  const read = (some: readonly string[]) => client.findExamples(datasetId, some);
  for await (const examples of inOrder(chunks(ids, EXAMPLES), read, client.pace)) yield* examples;
}

function* chunks(ids: readonly string[], size: number): Generator<readonly string[]> {
  for (let from = 0; from < ids.length; from += size) yield ids.slice(from, from + size);
}
