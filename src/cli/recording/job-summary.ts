import { appendFile } from 'node:fs/promises';
import type { Connection } from '../access/connect.js';
import type { Context } from '../context.js';
import { meanInWords } from '../datasets/score-tables.js';
import { escapeMarkdown, markdownLine } from '../screen/markdown.js';
import type { Terminal } from '../screen/terminal.js';
import { count, showNumber } from '../screen/words.js';
import type { Recorded } from './recording-words.js';

/** GitHub takes 1 MiB of a step. @see https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions */
const EXPERIMENTS_SHOWN = 100;
const SCORES_SHOWN = 12;

/** Adds what was recorded to the page that GitHub shows of a job; that it cannot be written stops nothing. */
export async function addToJobSummary(
  recorded: readonly Recorded[],
  where: Connection['where'],
  { environment }: Context,
  terminal: Terminal,
): Promise<void> {
  const path = environment.GITHUB_STEP_SUMMARY;
  if (!path || recorded.length === 0) return;
  try {
    await appendFile(path, summarise(recorded, where));
  } catch (error) {
    terminal.warn(
      `cannot write the job summary: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** Markdown: a table with a line for each experiment. */
export function summarise(recorded: readonly Recorded[], where: Connection['where']): string {
  const scored = recorded.map(({ recording: { scores } }) => scores);
  const keys = [...new Set(scored.flatMap((scores) => scores.map(({ key }) => key)))];
  const shownKeys = keys.slice(0, SCORES_SHOWN);
  const lines = recorded.slice(0, EXPERIMENTS_SHOWN).map(({ recording, url }) => {
    const { experiment, dataset, rows, errors, scores } = recording;
    const name = escapeMarkdown(experiment.name);
    const wanted = rows.read - (rows.others ?? 0);
    return markdownLine([
      // A link to a machine that is gone leads nowhere.
      where === 'langsmith' && url ? `[${name}](${url})` : name,
      escapeMarkdown(dataset.name),
      rows.recorded === wanted
        ? showNumber(wanted)
        : `**${showNumber(rows.recorded)} of ${showNumber(wanted)}**`,
      showNumber(errors),
      ...shownKeys.map((key) =>
        escapeMarkdown(meanInWords(scores.find((score) => score.key === key))),
      ),
    ]);
  });
  const more = [
    ...leftOut(recorded.length - lines.length, 'experiment'),
    ...leftOut(keys.length - shownKeys.length, 'score'),
  ];
  return [
    '',
    recorded.length === 1 ? '### LangSmith experiment' : '### LangSmith experiments',
    '',
    markdownLine(['Experiment', 'Dataset', 'Rows', 'Errors', ...shownKeys.map(escapeMarkdown)]),
    markdownLine(['---', '---', ...['Rows', 'Errors', ...shownKeys].map(() => '---:')]),
    ...lines,
    '',
    ...(shownKeys.length > 0 ? ['Scores are means; (n) where not every row has one.', ''] : []),
    ...more,
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function leftOut(howMany: number, what: string): string[] {
  return howMany > 0 ? [`And ${count(howMany, `more ${what}`)}.`, ''] : [];
}
