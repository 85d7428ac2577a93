import { declare } from '../command.js';
import type { DoctorCheck } from '../doctor/check.js';
import { columnsOf, wrap } from '../screen/width.js';

const NAME_WIDTH = 12;
/** In the colours that praise, warnings and errors have elsewhere. */
const MARKS = {
  ok: { mark: '✓', colour: 'green' },
  warning: { mark: '!', colour: 'magenta' },
  failed: { mark: '✗', colour: 'red' },
} as const;

export const command = declare({
  details:
    'Checks everything that recording needs: settings, proxy, certificates, clock, key, region, workspace, permissions, quota, and the local server. Writes nothing. Exits with 4 or 5 for the first failure.',
  examples: [
    'doctor',
    'doctor --profile work',
    'doctor --json | jq \'.checks[] | select(.state != "ok")\'',
  ],
  async run({ context, terminal, finish, answer }, _typed, options) {
    const { examineAll } = await import('../doctor/examine.js');
    const checks: DoctorCheck[] = [];
    await terminal.spin('Checking', async (update) => {
      for await (const check of examineAll(context, terminal, options)) {
        checks.push(check);
        update(`Checking: ${check.name} done`);
      }
    });

    const failure = checks.find(({ state }) => state === 'failed');
    const json = checks.map(({ name, state, words, remedy }) => ({
      name,
      state,
      message: words,
      remedy: remedy ?? null,
    }));
    answer({ ok: failure === undefined, checks: json }, () => {
      const columns = columnsOf(context.stdout);
      for (const check of checks) {
        const [first = '', ...others] = layOut(check, columns);
        const { mark, colour } = MARKS[check.state];
        terminal.answerMarked(mark, colour, first);
        for (const line of others) terminal.answer(line);
      }
    });
    if (failure) finish(failure.status ?? 5);
  },
});

/**
 * A line for the finding, and one for what to do; on a terminal, longer ones go on below their start. The first is
 * without its mark.
 */
function layOut({ name, words, remedy }: DoctorCheck, columns: number | undefined): string[] {
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
