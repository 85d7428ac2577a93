import type { ExampleFacts } from './example-facts.js';
import { nameOf, type Subject } from './subject.js';
import type { Asked, Compared, RunText } from './texts.js';
import { type Needs, needsOf, type Where } from './where.js';
import { holds, type WhereRow } from './where-holds.js';

/** The examples of either side for which a condition holds. */
export async function chooseExamples(
  baseline: Compared,
  judged: Compared,
  where: Where,
): Promise<ReadonlySet<string>> {
  const rowOf = await readWhereRows(baseline, judged, needsOf(where));
  const ids = new Set([...baseline.subject.rows.keys(), ...judged.subject.rows.keys()]);
  return new Set([...ids].filter((id) => holds(where, rowOf(id))));
}

/** Reads what conditions ask for; about runs, they ask those of the experiment that is judged. */
export async function readWhereRows(
  baseline: Compared,
  judged: Compared,
  needs: Needs,
): Promise<(exampleId: string) => WhereRow> {
  const facts = needs.examples ? await factsOf(baseline, judged) : undefined;
  const runs = new Map<string, readonly RunText[]>();
  if (needs.outputs)
    for await (const answer of judged.texts.answers()) runs.set(answer.exampleId, answer.runs);
  return (id) => whereRow(id, [baseline.subject, judged.subject], facts?.get(id), runs.get(id));
}

/** What the examples of either hold. */
export async function factsOf(
  baseline: Pick<Asked, 'texts'>,
  judged: Pick<Asked, 'texts'>,
): Promise<ReadonlyMap<string, ExampleFacts>> {
  const facts = new Map<string, ExampleFacts>();
  for (const texts of new Set([baseline.texts, judged.texts]))
    for await (const one of texts.examples()) facts.set(one.exampleId, one);
  return facts;
}

/** An example in a comparison. @param facts and runs: where a condition asks for them. */
export function whereRow(
  id: string,
  [a, b]: readonly [Subject, Subject],
  facts?: ExampleFacts,
  runs: readonly RunText[] = [],
): WhereRow {
  const score = (of: Subject, key = '') => of.scores.get(key)?.get(id)?.mean;
  return {
    number(field, key) {
      if (field === 'score') return score(b, key);
      if (field !== 'delta') return b.measures.get(field)?.get(id)?.mean;
      const [before, after] = [score(a, key), score(b, key)];
      return before === undefined || after === undefined ? undefined : after - before;
    },
    hasWord: (key, value) => b.said.get(nameOf({ key, value }))?.has(id) === true,
    isFailed: (b.rows.get(id)?.errors ?? 0) > 0,
    splits: facts?.splits ?? [],
    metadata: [facts?.metadata, b.metadata.get(id), a.metadata.get(id)],
    payloads(field) {
      if (field === 'output') return runs.map(({ outputs }) => outputs);
      return [field === 'input' ? facts?.inputs : facts?.reference];
    },
  };
}
