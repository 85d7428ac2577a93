import type { Terminal } from '../screen/terminal.js';
import { count } from '../screen/words.js';

/** Everything that a listing gives, while a person sees how many there are. @param noun what one of them is. */
export function readAll<T>(
  items: AsyncIterable<T>,
  noun: string,
  terminal: Terminal,
): Promise<T[]> {
  const title = `Reading ${noun}s`;
  return terminal.spin(title, async (update) => {
    const all: T[] = [];
    for await (const item of items) {
      all.push(item);
      if (all.length % 100 === 0) update(`${title}: ${count(all.length, noun)}`);
    }
    return all;
  });
}
