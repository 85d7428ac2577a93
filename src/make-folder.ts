import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it, for their owner only. Not with `recursive: true`: where a folder that is there
 * answers "no such file", as those of /proc do, Node 20 asks for ever.
 *
 * @returns whether it was made; false: it was there.
 */
export function makeFolder(folder: string, isParentThere = false): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST' && isFolder(folder)) return false;
    if (code !== 'ENOENT' || isParentThere || dirname(folder) === folder) throw error;
    makeFolder(dirname(folder));
    return makeFolder(folder, true);
  }
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
