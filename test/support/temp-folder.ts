import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAME = 'ls-record-tests-';

/** One folder for all that tests leave behind; it goes with them. */
export default function setup(): (() => void) | undefined {
  // Once for all projects: a path of three such folders is too long for a browser's socket.
  if (tmpdir().includes(NAME)) return undefined;
  const folder = mkdtempSync(join(tmpdir(), NAME));
  process.env.TMPDIR = folder;
  process.env.TEMP = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
