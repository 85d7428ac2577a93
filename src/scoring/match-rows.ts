import { readAnswers } from '../experiments/answers.js';
import { rowIdOf } from '../experiments/row-head.js';
import type { JsonObject } from '../json/value.js';
import type { Run } from '../langsmith/wire.js';
import { contentOf } from '../prepare/content.js';
import type { Result } from '../results/result.js';
import type { RunReading } from './runs-to-score.js';

/** A run as rows find it. Without its payloads, so that all runs of an experiment can be held. */
interface FoundRun {
  readonly run: Run;
  readonly outputs: string;
}

/** The runs of an experiment by what rows may call them. */
export class RunIndex {
  readonly #byId = new Map<string, FoundRun[]>();
  readonly #byInputs = new Map<string, FoundRun[]>();
  size = 0;

  static async read(reading: RunReading): Promise<RunIndex> {
    const index = new RunIndex();
    const { experiment } = reading;
    for await (const { exampleId, runs } of readAnswers({ ...reading, experiments: [experiment] }))
      for (const run of runs) index.#add(run, exampleId);
    return index;
  }

  #add(run: Run, exampleId: string | undefined): void {
    this.size++;
    const { id, inputs, outputs } = run;
    const found = { run: { ...run, inputs: {}, outputs: undefined }, outputs: contentOf(outputs) };
    for (const name of new Set([id, rowIdOf(run), exampleId]))
      if (name !== undefined) addTo(this.#byId, name, found);
    addTo(this.#byInputs, contentOf(inputs), found);
  }

  /**
   * Finds the run that a row is about: by its own id, the id of the run or the example, else by equal inputs. Of
   * several, its outputs tell which.
   *
   * @returns the run, or what is wrong with the row.
   */
  find({ id, exampleId, inputs, outputs, metadata }: Result): Run | { readonly problem: string } {
    const names = [metadata.run_id, id, exampleId].filter((name) => typeof name === 'string');
    const named = names.map((name) => this.#byId.get(name)).find((runs) => runs);
    const found = named ?? (inputs && this.#byInputs.get(contentOf(inputs))) ?? [];
    const like = outputs && found.length > 1 ? alike(found, outputs) : found;
    const [first, ...others] = like.length === 0 ? found : like;
    if (!first) return { problem: notFound(names, inputs) };
    if (others.length === 0) return first.run;
    const what = `matches ${others.length + 1} runs`;
    return { problem: `${what}: give the row the id of one of them as run_id, or its outputs` };
  }
}

function alike(runs: readonly FoundRun[], outputs: JsonObject): readonly FoundRun[] {
  const content = contentOf(outputs);
  return runs.filter((one) => one.outputs === content);
}

function notFound(names: readonly string[], inputs: JsonObject | undefined): string {
  const [name] = names;
  const what = name === undefined ? 'has these inputs' : `has the id ${name}`;
  const also = name !== undefined && inputs ? ' or these inputs' : '';
  return `no run ${what}${also}`;
}

function addTo(index: Map<string, FoundRun[]>, name: string, run: FoundRun): void {
  const runs = index.get(name);
  if (runs) runs.push(run);
  else index.set(name, [run]);
}
