import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

const MOST_BYTES = 1_000_000;

/**
 * Reads a file of settings, keys or certificates as text. A pipe would be waited for, and a device never end.
 *
 * @throws if it is not a regular file of at most 1 MB.
 */
export function readSmallFile(path: string): string {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new Error('it is not a regular file');
    if (stat.size > MOST_BYTES) throw new Error('it is larger than 1 MB');
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}
