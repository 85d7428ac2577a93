import { Argument, Option } from 'commander';
import { declare } from '../../command.js';
import { collect, csvOption, limitOption } from '../../common-options.js';
import type { CompareCommandOptions } from '../../comparing/compare-typed.js';
import { addReadingOptions } from '../../recording/reading-options.js';

export const command = declare<CompareCommandOptions, [string[]]>({
  details:
    'Pairs rows by example and tests whether differences are more than noise. Failed and lost rows come first. Takes up to 12 experiments or files; files are not recorded.',
  arguments: [
    new Argument(
      '[experiments...]',
      'names or unique prefixes, IDs, URLs, DATASET@latest, @previous, @blessed, or files; the first is the baseline (prompts if omitted)',
    ),
  ],
  options: [
    new Option('-d, --dataset <name>', 'dataset of @latest, @previous and @blessed, and of files'),
    new Option('--baseline <experiment>', 'baseline, if not the first'),
    new Option(
      '--lower-is-better <score>',
      'lower is better for this score (repeatable); KEY=VALUE counts a category',
    ).argParser(collect),
    new Option(
      '--higher-is-better <score>',
      'higher is better for this score (repeatable); KEY=VALUE counts a category',
    ).argParser(collect),
    new Option('--save', 'save these directions on the server for all comparisons'),
    new Option(
      '--by <field>',
      'compare groups: split, metadata.NAME, inputs.NAME or reference.NAME',
    ),
    new Option(
      '--where <condition>',
      'only matching examples: score.correct<1 -split=train "refund"',
    ),
    new Option('--all', 'list every row with both outputs and their difference'),
    new Option('--only <rows>', 'list these rows')
      .choices(['worse', 'failed', 'better', 'different'])
      .conflicts('all'),
    limitOption,
    new Option('--markdown', 'output Markdown, for example for a pull request').conflicts([
      'json',
      'csv',
    ]),
    csvOption,
  ],
  addOptions: addReadingOptions,
  examples: [
    'experiments compare main nightly',
    'experiments compare capitals@previous capitals@latest',
    'experiments compare baseline.jsonl results.jsonl --only worse',
    'experiments compare main nightly --by metadata.topic --lower-is-better cost --save',
    'experiments compare main nightly --markdown >> "$GITHUB_STEP_SUMMARY"',
  ],
  async run(session, [typed], options) {
    const { compareTyped } = await import('../../comparing/compare-typed.js');
    await compareTyped(session, typed, options);
  },
});
