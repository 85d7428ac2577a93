import { chain } from '../input/opened.js';
import type { OpenedSource } from '../input/row.js';
import { recognise } from './recognise.js';
import type { RecognisedSource, RecogniseOptions } from './recognised.js';

/**
 * Reads files as one that are parts of a whole, such as what an SDK kept of requests: a run can begin in one and end in
 * another.
 *
 * @param sources what the opened files were recognised as, in their order.
 */
export async function joinParts(
  opened: readonly OpenedSource[],
  sources: readonly RecognisedSource[],
  options: RecogniseOptions,
): Promise<RecognisedSource[]> {
  const [first, ...others] = opened.filter((_, at) => sources[at]?.isOfParts);
  if (!first || others.length === 0) return [...sources];
  const joined = await recognise(chain([first, ...others]), options);
  const count = `${others.length + 1} files read as one`;
  const whole = { ...joined, described: `${joined.described} (${count})` };
  return [whole, ...sources.filter(({ isOfParts }) => !isOfParts)];
}
