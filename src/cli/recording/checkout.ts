import { lstatSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The names are those of LangSmith's own tools. */
export interface Checkout {
  readonly commit: string;
  readonly branch?: string;
  readonly remote_url?: string;
}

const MAX_BYTES = 1_000_000;
const MAX_NAME = 1_000;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** No part of a ref begins with a dot, so none leads out of its folder. */
const REF = /^ref: (refs(?:\/(?!\.)[^/\\:\s\p{C}]+)+)$/u;

/**
 * Reads what git keeps about the checkout around a folder, or returns undefined.
 * Runs no program: git itself runs whatever the configuration of a folder names, even for `git status`.
 *
 * @see https://git-scm.com/docs/gitrepository-layout
 */
export function readCheckout(folder: string): Checkout | undefined {
  const found = findHead(folder);
  if (!found) return undefined;
  const common = resolve(found.folder, read(join(found.folder, 'commondir')));
  const ref = REF.exec(found.head)?.[1];
  const commit = ref ? commitOf(ref, common) : found.head;
  if (!COMMIT.test(commit)) return undefined;

  const branch = ref?.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
  const remote = publicAddress(remoteIn(read(join(common, 'config'))));
  return {
    commit,
    ...(branch && branch.length <= MAX_NAME && { branch }),
    ...(remote && remote.length <= MAX_NAME && { remote_url: remote }),
  };
}

/** In the folder or one above it. The `.git` of a worktree or a submodule is a file that names the real one. */
function findHead(folder: string): { folder: string; head: string } | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const link = /^gitdir: (.+)$/.exec(read(join(at, '.git')))?.[1];
    const git = resolve(at, link ?? '.git');
    const head = read(join(git, 'HEAD'));
    if (head) return { folder: git, head };
    if (at === dirname(at)) return undefined;
  }
}

function commitOf(ref: string, folder: string): string {
  const loose = read(join(folder, ref));
  if (loose) return loose;
  const packed = read(join(folder, 'packed-refs')).split('\n');
  return packed.find((line) => line.endsWith(` ${ref}`))?.split(' ', 1)[0] ?? '';
}

function remoteIn(config: string): string {
  let section = '';
  for (const line of config.split('\n').map((text) => text.trim())) {
    if (line.startsWith('[')) section = line;
    const url = /^url\s*=\s*"?([^"\s]+)"?$/i.exec(line)?.[1];
    if (url && /^\[remote "origin"\]$/i.test(section)) return url;
  }
  return '';
}

/** Host and path alone: a user, a password or a query must not end up in an experiment that others see. */
function publicAddress(remote: string): string | undefined {
  // The short form of ssh: `git@host:path`. A host of one letter is a drive of Windows.
  const [, host, path] = /^(?:[^@:/]+@)?([\w.-]{2,}):\/?([^@:/][^@]*)$/.exec(remote) ?? [];
  const address = host ? `ssh://${host}/${path}` : remote;
  if (!/^(?:https?|ssh|git):\/\//i.test(address) || !URL.canParse(address)) return undefined;
  const { protocol, host: at, pathname } = new URL(address);
  return at && `${protocol}//${at}${pathname}`;
}

/** The text of a small plain file, trimmed. What is missing, too large or anything else has none. */
function read(path: string): string {
  // Windows sends the user's name to the host of a share.
  if (/^[\\/]{2}/.test(path)) return '';
  try {
    const file = lstatSync(path);
    return file.isFile() && file.size <= MAX_BYTES ? readFileSync(path, 'utf8').trim() : '';
  } catch {
    // Nothing of it is needed: what cannot be read is left out.
    return '';
  }
}
