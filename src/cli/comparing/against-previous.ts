import { setTimeout as sleep } from 'node:timers/promises';
import type { Comparison } from '../../experiments/compare.js';
import type { LangSmith } from '../../langsmith/client.js';
import type { Experiment } from '../../langsmith/wire.js';
import { quoteForShell } from '../../quote-for-shell.js';
import type { Recording } from '../../recorder/recording.js';
import type { Connection } from '../access/connect.js';
import type { Terminal } from '../screen/terminal.js';
import { said } from '../screen/words.js';

/** Larger experiments are compared only by those who ask. */
const MOST_ROWS = 2000;
const PATIENCE_MS = 3000;

/**
 * Says in a line how a recording compares with the experiment that was made on its dataset before: in the words of `compare`, if
 * that is quick to find out. A failure is no failure of the recording, and is shown with `--verbose` only.
 */
export async function sayAgainstPrevious(
  { experiment, dataset, rows, status, verified }: Recording,
  { client }: Connection,
  terminal: Terminal,
): Promise<void> {
  if (status !== 'recorded' || verified !== 'yes' || dataset.created) return;
  if (terminal.json || terminal.isQuiet || rows.recorded > MOST_ROWS) return;
  const stop = new AbortController();
  try {
    const work = comparePrevious(client, dataset.id, experiment.id, stop.signal);
    // Whoever gave up does not hear of a late failure.
    work.catch(() => {});
    const found = await Promise.race([work, sleep(PATIENCE_MS, undefined, { ref: false })]);
    if (!found) return;
    const { previous, sentence } = found;
    const words = ['compare', previous.name, experiment.name].map(quoteForShell);
    terminal.say(`Against ${previous.name}: ${sentence} More: ls-record ${words.join(' ')}`);
  } catch (error) {
    terminal.detail(`not compared with the previous experiment: ${error}`);
  } finally {
    stop.abort(new Error('it took too long'));
  }
}

async function comparePrevious(
  client: LangSmith,
  datasetId: string,
  id: string,
  signal: AbortSignal,
): Promise<{ previous: Experiment; sentence: string } | undefined> {
  const [{ findLatest }, { readSubjects }, { compare }, { textsOf }, { rulesFrom }, rules, words] =
    await Promise.all([
      import('../../experiments/baseline.js'),
      import('../../experiments/read-subjects.js'),
      import('../../experiments/compare.js'),
      import('../../experiments/texts.js'),
      import('../../experiments/rules.js'),
      import('./rules.js'),
      import('./comparison-words.js'),
    ]);
  const current = await client.findExperiment(id);
  const before = current && (await findLatest(client, datasetId, current));
  const previous = before && (await client.experimentStats(before.id));
  if (!previous || (previous.runCount ?? 0) > MOST_ROWS) return undefined;
  const experiments = [previous, current];
  const subjects = await readSubjects({ client, datasetId, experiments, signal });
  const [a, b] = subjects.map((subject, at) => ({
    subject,
    texts: textsOf(client, datasetId, at === 0 ? previous : current),
  }));
  if (!a || !b) return undefined;
  const configs = await rules.readConfigs(client, subjects);
  const comparison = await compare(a, b, { rules: rulesFrom(new Map(), configs) });
  const unscored = comparison.scores
    .filter(({ pairs }) => pairs.scoredA > 0 && pairs.scoredB === 0)
    .map(({ key }) => key);
  const open = unscored.length > 0 && `Not scored yet: ${unscored.join(', ')}.`;
  const sentence = sentenceOf(comparison, words.summaryOf);
  return { previous, sentence: said([sentence, open]).join(' ') };
}

function sentenceOf(comparison: Comparison, summaryOf: (of: Comparison) => string): string {
  const { failed, alignment, isFinished } = comparison;
  const absent = isFinished ? alignment.absent.length : 0;
  const lost = said([
    failed.length > 0 && `${failed.length} newly failing`,
    absent > 0 && `${absent} without a row`,
  ]);
  return said([lost.length > 0 && `${lost.join(', ')}.`, summaryOf(comparison)]).join(' ');
}
