import { clearLine, cursorTo, moveCursor } from 'node:readline';
import { Writable } from 'node:stream';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { Terminal } from '@xterm/headless';

/** Stands before what the terminal had to put into a line of its own, since the screen is narrower than the text. */
const BROKEN = '↪ ';

/** A terminal that can be read: what a person sees after all movements of the cursor. */
export class Emulator {
  readonly columns: number;
  /** All that was written, with colours and movements. */
  written = '';
  readonly #terminal: Terminal;

  constructor(columns: number, rows = 400) {
    this.columns = columns;
    this.#terminal = new Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true });
    this.#terminal.loadAddon(new Unicode11Addon());
    this.#terminal.unicode.activeVersion = '11';
  }

  write(text: string): void {
    this.written += text;
    this.#terminal.write(text);
  }

  /** The lines of the screen, without what is empty at the end. */
  async read(): Promise<string> {
    await new Promise<void>((resolve) => this.#terminal.write('', resolve));
    const { active } = this.#terminal.buffer;
    const lines = Array.from({ length: active.length }, (_, at) => {
      const line = active.getLine(at);
      return `${line?.isWrapped ? BROKEN : ''}${line?.translateToString(true) ?? ''}`;
    });
    return lines.join('\n').trimEnd();
  }

  /** The screen as soon as it shows these words. */
  async readWhen(words: string): Promise<string> {
    for (let n = 0; n < 1_000; n++) {
      const screen = await this.read();
      if (screen.includes(words)) return screen;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`"${words}" did not come: ${await this.read()}`);
  }

  /**
   * A stream that a program takes for a terminal of its own.
   *
   * @param retouch changes what is shown, such as ids that differ each time.
   */
  stream(retouch: (text: string) => string): TerminalStream {
    return new TerminalStream(this, retouch);
  }
}

/** What Node's own `tty.WriteStream` has, over an emulator. */
class TerminalStream extends Writable {
  readonly isTTY = true;
  readonly rows = 24;
  readonly columns: number;
  readonly #show: (text: string) => void;

  constructor(emulator: Emulator, retouch: (text: string) => string) {
    super({ decodeStrings: false });
    this.columns = emulator.columns;
    // The driver of a terminal makes a line feed both.
    this.#show = (text) => emulator.write(retouch(text).replace(/(?<!\r)\n/g, '\r\n'));
  }

  cursorTo = (x: number, y?: number) => cursorTo(this, x, y);
  clearLine = (direction: -1 | 0 | 1) => clearLine(this, direction);
  moveCursor = (dx: number, dy: number) => moveCursor(this, dx, dy);

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.#show(chunk.toString());
    done();
  }
}
