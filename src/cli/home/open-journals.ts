import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { Journals } from '../../recorder/journal/journals.js';
import { startOf } from './processes.js';

/** The journals of recordings, in the data folder. */
export async function openJournals(dataFolder: string): Promise<Journals> {
  const { Journals } = await import('../../recorder/journal/journals.js');
  return new Journals(join(dataFolder, 'recordings'), {
    pid: process.pid,
    host: hostname(),
    startOf,
  });
}
