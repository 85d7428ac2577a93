import { Argument, Option } from 'commander';
import { declare } from '../command.js';
import { repeatable } from '../common-options.js';
import type { GateOptions } from '../gating/run-gate.js';
import { addReadingOptions } from '../recording/reading-options.js';

/** Commander takes `--no-worse` for the opposite of `--worse`. */
function noWorseOption(): Option {
  const option = repeatable(
    '--no-worse <key>',
    'fail if this score is worse; KEY:0.02, KEY@topic=billing; default: all scores',
  );
  option.negate = false;
  return option;
}

export const command = declare<GateOptions, [string]>({
  details:
    'The test is one-sided and paired by example. The baseline is the one you give, or the blessed one of the dataset. Exits with 7 if it fails, 5 on a network fault.',
  arguments: [new Argument('<experiment>', 'name, ID, URL, DATASET@latest, or a results file')],
  options: [
    new Option('--baseline <experiment>', 'baseline: an experiment or a file'),
    new Option('-d, --dataset <name>', 'dataset of @latest, and of files'),
    noWorseOption(),
    repeatable('--prove <key:tolerance>', 'fail unless proven not worse by more than this'),
    repeatable('--min <key=number>', 'fail below this mean'),
    repeatable('--max <key=number>', 'fail above this: latency_p95=3s, cost=0.01'),
    new Option('--max-errors <count>', 'runs that may have an error: a count, or 5%'),
    new Option('--max-lost <count>', 'rows of the baseline that may be missing or failed'),
    new Option('--errors-as-worst', 'count an error as the worst score of its range'),
    new Option(
      '--too-few <what>',
      'too little data: pass with a warning (default), or fail',
    ).choices(['pass', 'fail']),
    repeatable('--lower-is-better <score>', 'lower is better for this score'),
    repeatable('--higher-is-better <score>', 'higher is better for this score'),
    new Option('--quarantine <file>', 'JSON list of known flaky rows: {row, until, reason}'),
    new Option(
      '--config <file>',
      'read these settings from a JSON file, such as ls-record.gate.json',
    ),
    new Option('--first-run-ok', 'pass if the dataset has no baseline yet'),
    new Option('--markdown', 'output Markdown, for example for a comment').conflicts('json'),
    new Option('--junit <file>', 'also write a JUnit report'),
  ],
  addOptions: addReadingOptions,
  examples: [
    'gate nightly --no-worse correct',
    'gate results.jsonl --baseline baseline.jsonl --max latency_p95=3s',
    'gate capitals@latest --config ls-record.gate.json --markdown > comment.md',
    'gate nightly --prove correct:0.02 --max-errors 1%',
  ],
  async run(session, [typed], options) {
    const { runGate } = await import('../gating/run-gate.js');
    await runGate(session, typed, options);
  },
});
