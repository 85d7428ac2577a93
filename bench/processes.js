/** The bench's other processes: each sends one message, its result or where it listens. */
import { fork } from 'node:child_process';
import { once } from 'node:events';

export const script = (name) => new URL(name, import.meta.url).pathname;

/** Runs a script of this folder to its end; what it has to say of a failure is on stderr. */
export async function ask(name, args) {
  const child = start(name, args);
  const message = await firstMessage(name, child);
  if (child.exitCode === null) await once(child, 'exit');
  return message;
}

/** Keeps a server running while `work` uses it: a fresh one for each measurement. */
export async function withServer(name, args, work) {
  const server = start(name, args);
  try {
    const { url } = await firstMessage(name, server);
    return await work({
      url,
      /** What it was asked since the last time. */
      askLog() {
        server.send('log');
        return firstMessage(name, server);
      },
    });
  } finally {
    server.kill();
  }
}

function start(name, args) {
  return fork(script(name), args.map(String), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

async function firstMessage(name, child) {
  const listening = new AbortController();
  const ended = once(child, 'exit', listening).then(([status, signal]) => {
    throw new Error(`bench/${name} failed (${signal ?? `status ${status}`})`);
  });
  const said = once(child, 'message', listening).then(([message]) => message);
  // The one that comes second is no failure any more.
  for (const one of [ended, said]) one.catch(() => {});
  try {
    return await Promise.race([said, ended]);
  } finally {
    listening.abort();
  }
}
