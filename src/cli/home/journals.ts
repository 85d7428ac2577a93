import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { Journals } from '../../recorder/journal/journals.js';
import { isAlive } from './processes.js';

/** The journals of recordings, in the data folder. */
export async function openJournals(dataFolder: string): Promise<Journals> {
  const { Journals } = await import('../../recorder/journal/journals.js');
  return new Journals(join(dataFolder, 'recordings'), {
    pid: process.pid,
    host: hostname(),
    startOf,
  });
}

/** When a process started, in whatever the system counts; `alive` where it does not tell. */
function startOf(pid: number): string | undefined {
  if (!isAlive(pid)) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in parentheses, may hold anything; starttime is the 20th field after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    // Not Linux.
    return 'alive';
  }
}
