import type { Screen } from '../context.js';
import { columnsOf } from './width.js';

const REDRAW_MS = 200;
/** What ora puts before the text, and the last column, where some terminals wrap too early. */
const BESIDE_TEXT = 3;
/**
 * The text is cut by the terminal itself where it is wider than we know yet (DECAWM), and the cursor waits at its start:
 * should the terminal become narrower and break the line, all of it is still below the cursor.
 *
 * @see https://vt100.net/docs/vt510-rm/DECAWM.html
 */
const CLEAR_BELOW = '\u001b[J';
const WITHOUT_WRAPPING = '\u001b[?7l';
const WITH_WRAPPING = '\u001b[?7h';

/**
 * Shows at the bottom of a terminal how far some work is: in one line, however wide the terminal becomes.
 *
 * @param describe the text, in no more than so many columns; asked for again and again.
 */
export async function showStatusLine<T>(
  screen: Screen,
  describe: (columns: number) => string,
  work: () => Promise<T>,
): Promise<T> {
  const { default: ora } = await import('ora');
  const text = () => {
    const fitting = describe(Math.max((columnsOf(screen) ?? 80) - BESIDE_TEXT, 1));
    return `${CLEAR_BELOW}${WITHOUT_WRAPPING}${fitting}${WITH_WRAPPING}\r`;
  };
  const spinner = ora({
    text: text(),
    stream: screen as NodeJS.WriteStream,
    // Asked for only where it can be drawn; ora would look at its own process's environment instead.
    isEnabled: true,
    // Left on, it would swallow Ctrl-C and what is piped in.
    discardStdin: false,
  }).start();
  const redraw = () => {
    spinner.text = text();
  };
  const timer = setInterval(redraw, REDRAW_MS);
  screen.on('resize', redraw);
  try {
    return await work();
  } finally {
    screen.off('resize', redraw);
    clearInterval(timer);
    spinner.stop();
    screen.write(CLEAR_BELOW);
  }
}
