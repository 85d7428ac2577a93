import { Command } from 'commander';
import { addCommonOptions, type CommonOptions } from '../common-options.js';
import type { Context } from '../context.js';
import type { Check } from '../doctor/check.js';
import type { Finish } from '../exit-status.js';
import { Terminal } from '../screen/terminal.js';
import { columnsOf, wrap } from '../screen/width.js';

const NAME_WIDTH = 12;
/** In the colours that praise, warnings and errors have elsewhere. */
const MARKS = {
  ok: { mark: '✓', colour: 'green' },
  warning: { mark: '!', colour: 'magenta' },
  failed: { mark: '✗', colour: 'red' },
} as const;

export function doctorCommand(context: Context, finish: Finish): Command {
  const command = new Command('doctor')
    .description(
      'Looks at all that recording needs: settings, proxy, certificates, clock, key, region, workspace, rights, quota, and home on this machine. Writes nothing. Exits 4 or 5 by the first failure.',
    )
    .action((options: CommonOptions) => examine(context, options, finish));
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record doctor
  $ ls-record doctor --profile work
  $ ls-record doctor --json | jq '.checks[] | select(.state != "ok")'
`,
  );
}

async function examine(context: Context, options: CommonOptions, finish: Finish): Promise<void> {
  const terminal = await Terminal.open(context, options);
  const { examineAll } = await import('../doctor/examine.js');
  const checks: Check[] = [];
  await terminal.spin('Looking', async (update) => {
    for await (const check of examineAll(context, terminal, options)) {
      checks.push(check);
      update(`Looked at ${check.name}`);
    }
  });

  const failure = checks.find(({ state }) => state === 'failed');
  if (terminal.json) {
    terminal.answerJson({
      ok: failure === undefined,
      checks: checks.map(({ name, state, words, remedy }) => ({
        name,
        state,
        message: words,
        remedy: remedy ?? null,
      })),
    });
  } else {
    const columns = columnsOf(context.stdout);
    for (const check of checks) {
      const [first = '', ...others] = layOut(check, columns);
      const { mark, colour } = MARKS[check.state];
      terminal.answerMarked(mark, colour, first);
      for (const line of others) terminal.answer(line);
    }
  }
  if (failure) finish(failure.status ?? 5);
}

/**
 * A line for the finding, and one for what to do; on a terminal, longer ones go on below their start. The first is
 * without its mark.
 */
function layOut({ name, words, remedy }: Check, columns: number | undefined): string[] {
  const start = NAME_WIDTH + 2;
  const width = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(columns - start, 20);
  const text = [
    ...words.split('\n').flatMap((line) => wrap(line, width)),
    ...(remedy ?? '').split('\n').flatMap((line) => (line === '' ? [] : wrap(`→ ${line}`, width))),
  ];
  return text.map((line, at) =>
    at === 0 ? name.padEnd(NAME_WIDTH) + line : ' '.repeat(start) + line,
  );
}
