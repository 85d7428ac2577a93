import { createInterface, type Key } from 'node:readline';
import { Writable } from 'node:stream';
import { LsRecordError } from '../../errors.js';
import type { Context, Screen } from '../context.js';
import { printable } from '../screen/printable.js';
import { colourLevel } from '../screen/terminal.js';
import {
  drawList,
  type PickerChoice,
  type PickerList,
  shownAtOnce,
  widthOfQuestion,
} from './list-view.js';
import { type PickerQuestion, Search } from './search.js';

/**
 * Lets a person search a list and choose from it.
 *
 * @throws {LsRecordError} `STOPPED` on Ctrl-C; what `question.find` throws.
 */
export async function pickFromList<T>(question: PickerQuestion<T>, context: Context): Promise<T> {
  const { Chalk } = await import('chalk');
  const { stderr, environment } = context;
  const ink = new Chalk({ level: colourLevel(stderr, environment) });
  const frame = new Frame(stderr);
  const draw = (list: PickerList) => {
    frame.draw(drawList(list, sizeOf(stderr), ink), widthOfQuestion(list, sizeOf(stderr)));
  };

  try {
    const { name, value } = await readKeys(question, context, draw);
    frame.end(`${ink.green('✔')} ${ink.bold(question.message)} ${printable(name)}\n`);
    return value;
  } catch (error) {
    frame.end('');
    throw error;
  }
}

/** Some lines that are redrawn in place, with the cursor in the first. */
class Frame {
  #cursor = 0;

  constructor(private readonly screen: Screen) {}

  draw(lines: readonly string[], cursor: number): void {
    const up = lines.length > 1 ? `\u001b[${lines.length - 1}A` : '';
    // In one piece, so that it does not flicker.
    this.screen.write(`${this.#erased()}${lines.join('\n')}${up}\r\u001b[${cursor}C`);
    this.#cursor = cursor;
  }

  end(text: string): void {
    this.screen.write(this.#erased() + text);
  }

  #erased(): string {
    // A window that was made narrower has broken the first line in two.
    const up = Math.floor(this.#cursor / sizeOf(this.screen).columns);
    return `${up > 0 ? `\u001b[${up}A` : ''}\r\u001b[J`;
  }
}

function sizeOf({ columns, rows }: Screen) {
  return { columns: columns || 80, rows: rows || 24 };
}

/** Reads keys until one of them says what is meant. */
async function readKeys<T>(
  question: PickerQuestion<T>,
  { stdin, stderr, signal }: Context,
  draw: (list: PickerList) => void,
): Promise<PickerChoice<T>> {
  // It edits the line as shells do, and gives the keyboard back at the end; drawing is ours.
  const line = createInterface({
    input: stdin,
    output: new Writable({ write: (_chunk, _encoding, done) => done() }),
    terminal: true,
    historySize: 0,
    completer: () => [[], ''],
  });
  const left = new AbortController();
  const { signal: isLeft } = left;
  try {
    return await new Promise<PickerChoice<T>>((resolve, reject) => {
      let isTaken = false;
      let isEarly = false;
      const show = () => {
        if (isLeft.aborted) return;
        const chosen = isEarly ? search.named : search.chosen;
        if (isTaken && chosen) resolve(chosen);
        else draw(search);
      };
      const search = new Search(question, { change: show, error: reject });
      const press = (_text: unknown, key: Key) => {
        // Enter has emptied the line.
        if (key.name === 'return' || key.name === 'enter') return;
        isTaken = false;
        search.type(line.line);
        const step = stepOf(key, shownAtOnce(sizeOf(stderr)));
        if (step !== 0) search.move(step);
        show();
      };
      const stop = () => reject(new LsRecordError('STOPPED', 'interrupted; nothing was changed'));

      line.on('line', () => {
        line.write(search.typed);
        isEarly = search.isLoading;
        isTaken = true;
        show();
      });
      line.on('SIGINT', stop).on('close', stop);
      // Ctrl-Z would leave half a list below the shell's next line.
      line.on('SIGTSTP', () => {});
      stdin.on('keypress', press);
      stderr.on('resize', show);
      signal.addEventListener('abort', () => reject(signal.reason), { signal: isLeft });
      isLeft.addEventListener('abort', () => {
        stdin.off('keypress', press);
        stderr.off('resize', show);
        search.end();
      });
      show();
    });
  } finally {
    left.abort();
    line.close();
  }
}

function stepOf({ name, ctrl }: Key, screenful: number): number {
  if (name === 'up' || (ctrl && name === 'p')) return -1;
  if (name === 'down' || (ctrl && name === 'n')) return 1;
  if (name === 'pageup') return -screenful;
  if (name === 'pagedown') return screenful;
  return 0;
}
