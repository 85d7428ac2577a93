import { randomBytes } from 'node:crypto';
import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOME_KEY_PREFIX } from '../../langsmith/endpoint.js';
import { readSmallFile } from '../access/small-file.js';
import { makePrivateFolder, unwritable } from './data-folder.js';

/**
 * The secret of a data folder: who can read it there may read and write home over HTTP, too. Made when first asked for.
 *
 * @throws {LsRecordError} `HOME_UNAVAILABLE` if it cannot be kept.
 */
export function homeToken(folder: string): string {
  const path = join(makePrivateFolder(folder), 'token');
  try {
    return readToken(path) ?? makeToken(path);
  } catch (error) {
    throw unwritable(`cannot use ${path}`, error);
  }
}

function readToken(path: string): string | undefined {
  try {
    return readSmallFile(path).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whole from the first moment; of two processes that make it at once, both take the one that was first. */
function makeToken(path: string): string {
  const token = HOME_KEY_PREFIX + randomBytes(32).toString('base64url');
  const unfinished = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(unfinished, `${token}\n`, { mode: 0o600, flag: 'wx' });
    linkSync(unfinished, path);
    return token;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readSmallFile(path).trim();
  } finally {
    rmSync(unfinished, { force: true });
  }
}
