import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import process from 'node:process';
import { shortPath } from '../access/profile-file.js';
import type { Context } from '../context.js';
import { findRunningHome, homeFile, openHome } from '../home/home-server.js';
import { showBytes } from '../screen/words.js';
import { version } from '../version.js';
import { type DoctorCheck, failed, failedBy, ok, warning } from './check.js';

/** What runs here. */
export function checkVersions({ platform, environment }: Context): DoctorCheck[] {
  const checks = [
    ok('versions', `ls-record ${version}, Node ${process.versions.node}, ${platform}`),
  ];
  if (environment.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    checks.push(
      warning(
        'trust',
        'NODE_TLS_REJECT_UNAUTHORIZED=0 lets anyone impersonate LangSmith',
        'Unset it, and trust the certificate authority of your proxy with --ca-cert FILE.',
      ),
    );
  }
  return checks;
}

/** Whether home can be written and opens; makes nothing that is not there. */
export async function checkHome(folder: string, context: Context): Promise<DoctorCheck> {
  const shown = shortPath(folder, context);
  const file = homeFile(folder);
  const existing = await sizeOf(file);
  const writable = await isWritable(folder);
  if (!writable) {
    return failed(
      'home',
      `${shown} is not writable`,
      'Set LS_RECORD_HOME to a writable folder.',
      5,
    );
  }
  if (existing === undefined) return ok('home', `${shown}, nothing recorded there yet`);

  const size = showBytes(existing + ((await sizeOf(`${file}-wal`)) ?? 0));
  const running = await findRunningHome(folder);
  if (running) return ok('home', `${shown}, ${size}, served at ${running.url}`);
  try {
    await (await openHome(folder)).close();
    return ok('home', `${shown}, ${size}`);
  } catch (error) {
    return failedBy('home', error);
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  // Absent, or not for us to see: the folder's own check tells.
  return (await stat(file).catch(() => undefined))?.size;
}

/** Whether a folder can be written; if it is still to be made, the nearest one that exists. */
async function isWritable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return false;
    return dirname(folder) !== folder && isWritable(dirname(folder));
  }
}
