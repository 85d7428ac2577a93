import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'certificates');

/** What signed all of them but `self-signed`. */
export const AUTHORITY = join(folder, 'authority.pem');

/** A certificate and its key, for a server; see the folder's README. */
export function certificate(name: 'langsmith' | 'expired' | 'other-host' | 'self-signed') {
  return {
    cert: readFileSync(join(folder, `${name}.pem`), 'utf8'),
    key: readFileSync(join(folder, 'key.pem'), 'utf8'),
  };
}
