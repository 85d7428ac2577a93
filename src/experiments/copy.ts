import { parseJson } from '../json/parse.js';
import { printJson } from '../json/print.js';
import type { LangSmith } from '../langsmith/client.js';
import type { Experiment } from '../langsmith/wire.js';
import { nativeSource } from '../results/native.js';
import type { RecognisedSource } from '../results/recognised.js';
import { aboutOf, pullRuns } from './pull.js';

interface CopyOptions {
  readonly client: LangSmith;
  readonly datasetId: string;
  readonly experiment: Experiment;
  readonly signal: AbortSignal;
}

/** An experiment as a source that can be recorded elsewhere: rows and scores keep what they are copies of. */
export async function openCopy(options: CopyOptions): Promise<RecognisedSource> {
  const { name } = options.experiment;
  const source = nativeSource({
    name,
    live: false,
    async *rows({ onBytes } = {}) {
      let index = 0;
      for await (const { runId, row } of pullRuns({
        ...options,
        exampleIds: false,
        feedbackIds: true,
      })) {
        const text = printJson(row);
        onBytes?.(Buffer.from(`${runId} ${text}\n`));
        const origin = { file: name, line: index + 1 };
        yield { origin, index, runId, shape: 'document', value: parseJson(text) };
        index++;
      }
    },
  });
  const { id } = options.experiment;
  const copyOf = { ...aboutOf(options.experiment), id };
  return { ...source, copyOf, summaries: [{ scores: await readSummary(options) }] };
}

/** Scores of the experiment itself, the oldest of each key first: later ones do not change their places. */
async function readSummary({ client, experiment }: CopyOptions) {
  const scores = [];
  for await (const { key, score, value, comment } of client.listFeedback(
    experiment.id,
    'experiment',
  ))
    scores.push({ key, score: score ?? value ?? null, ...(comment !== undefined && { comment }) });
  return scores.reverse();
}
