import { InvalidArgumentError } from 'commander';
import { LsRecordError } from '../../errors.js';
import type { RowShare } from '../../prepare/row-share.js';
import { readWhole } from '../common-options.js';
import type { Context } from '../context.js';

/**
 * The shard that was typed; `auto` is the index that a Kubernetes or Slurm job gives this machine.
 *
 * @throws {LsRecordError} `USAGE` where `auto` is typed and the machine does not say which of several it is.
 */
export function shardOf(
  shard: string | undefined,
  { environment }: Pick<Context, 'environment'>,
): string | undefined {
  if (shard !== 'auto') return shard;
  const index = environment.JOB_COMPLETION_INDEX || environment.SLURM_ARRAY_TASK_ID;
  if (index) return index;
  throw new LsRecordError(
    'USAGE',
    '--shard auto finds neither JOB_COMPLETION_INDEX nor SLURM_ARRAY_TASK_ID',
    { hint: 'Give this machine a name that no other has: --shard NAME.' },
  );
}

export function parsePart(text: string): RowShare {
  const [number = 0, of = 0, ...more] = text.split('/').map(readWhole);
  if (number >= 1 && number <= of && Number.isSafeInteger(of) && more.length === 0)
    return { number, of };
  throw new InvalidArgumentError('It looks like 3/8: the third of eight parts.');
}
