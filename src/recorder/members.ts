import { LsRecordError } from '../errors.js';
import type { RecognisedSource } from '../results/recognised.js';
import type { RecordOptions } from './record-options.js';

/** By which the journals of those who fill one experiment together are kept apart on one machine. */
export function memberOf({ shard = '', part }: Pick<RecordOptions, 'shard' | 'part'>): string {
  return part ? `part ${part.number}/${part.of}` : shard;
}

/** @throws {LsRecordError} `USAGE` where parts of the files could not be put together again. */
export function checkPart(sources: readonly RecognisedSource[], options: RecordOptions): void {
  if (!options.part) return;
  if (sources.some(({ live }) => live)) {
    throw new LsRecordError(
      'USAGE',
      '--part needs files: a stream has no rows that all can count',
      { hint: 'Save what is piped in, and name the file.' },
    );
  }
  if (options.shard === undefined && !options.new) return;
  throw new LsRecordError(
    'USAGE',
    `--part and ${options.new ? '--new' : '--shard'} cannot be combined`,
    { hint: 'All parts of the same files fill one experiment; the row numbers tell them apart.' },
  );
}
