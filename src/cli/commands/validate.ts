import { Option } from 'commander';
import type { Survey } from '../../prepare/survey.js';
import { quoteForShell } from '../../quote-for-shell.js';
import type { RecognisedSource } from '../../results/recognised.js';
import { declare } from '../command.js';
import { type CommonOptions, filesArgument, repeatable } from '../common-options.js';
import type { Context } from '../context.js';
import { EXIT_STATUS } from '../exit-status.js';
import {
  addReadingOptions,
  choosePaths,
  openReadable,
  type ReadingOptions,
} from '../recording/reading-options.js';
import { tellAmounts } from '../screen/progress.js';
import type { Terminal } from '../screen/terminal.js';
import { asArgument, count } from '../screen/words.js';

interface ValidateOptions extends CommonOptions, ReadingOptions {
  readonly all?: boolean;
  readonly only?: readonly string[];
}

/** How many problems are kept in memory. */
const PROBLEMS = 100;
const ALL_PROBLEMS = 100_000;

export const command = declare<ValidateOptions, [string[]]>({
  details:
    'Reports how files are read, what they contain, and which rows are invalid. Needs no key and sends nothing.',
  arguments: [filesArgument],
  options: [
    new Option('--all', 'show every problem, score and column, not only the first 20'),
    repeatable('--only <label>', 'check one of several experiments'),
  ],
  addOptions: addReadingOptions,
  examples: [
    'validate results.jsonl',
    'validate promptfoo.json --only openai:gpt-5',
    'validate answers.csv --inputs question --reference truth',
    "validate logs/*.eval --json | jq '.experiments[].scores'",
  ],
  async run({ context, terminal, finish }, [files], options) {
    const paths = choosePaths(files, context, 'ls-record validate results.jsonl');
    const sources = await openReadable(paths, options, context);
    try {
      const report = await read(sources, terminal, context, options);
      if (terminal.json) {
        const { reportForPrograms } = await import('../recording/report-for-programs.js');
        terminal.answerJson(reportForPrograms(report));
      } else {
        const { describeReport } = await import('../recording/survey-words.js');
        describeReport(report, terminal, { all: options.all === true });
        conclude(report, paths, terminal);
      }
      if (report.badRows > 0 || report.rows === 0) finish(EXIT_STATUS.RESULT_INVALID);
    } finally {
      for (const source of sources) await source.close?.();
    }
  },
});

async function read(
  sources: readonly RecognisedSource[],
  terminal: Terminal,
  { signal }: Context,
  { all, only }: ValidateOptions,
): Promise<Survey> {
  const { prepare } = await import('../../prepare/prepare.js');
  const { survey } = await terminal.spin('Reading', (update) =>
    prepare(sources, {
      signal,
      only,
      maxProblems: all ? ALL_PROBLEMS : PROBLEMS,
      onProgress: tellAmounts(update, 'Reading'),
    }),
  );
  return survey;
}

/** What to do next; talk, and no part of the answer. */
function conclude(
  { rows, badRows, experiments }: Survey,
  paths: readonly string[],
  terminal: Terminal,
): void {
  if (rows === 0) terminal.warn('no rows to record');
  else if (badRows === rows) terminal.warn('no row can be recorded');
  else if (badRows > 0)
    terminal.warn(
      `${count(rows - badRows, 'row')} can be recorded; fix the others first, or skip them: --on-invalid skip`,
    );
  else {
    const named = paths.slice(0, 3).map(asArgument).map(quoteForShell).join(' ');
    const files = paths.length > 3 ? `${named} …` : named;
    const command = `ls-record record ${files} --dataset NAME`;
    const unsure = experiments.reduce((sum, one) => sum + one.rowsWithoutInputs, 0);
    if (unsure === 0) terminal.praise(`All rows can be recorded: ${command}`);
    else
      terminal.warn(
        `${count(unsure, 'row')} without inputs can be recorded only into a dataset that has the example in example_id: ${command}`,
      );
  }
}
