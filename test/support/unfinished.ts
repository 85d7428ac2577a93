import { join } from 'node:path';
import { openJournals } from '../../src/cli/home/open-journals.js';
import { nameByContent } from '../../src/prepare/prepare.js';
import { prepareStream } from '../../src/prepare/stream.js';
import { nativeSource } from '../../src/results/native.js';
import type { Machine } from '../cli/command-line.js';
import { streamOf } from './rows.js';

/**
 * Leaves a recording as a killed process does: begun, and not finished.
 *
 * @param stream what a stream gave; without it, the recording is of `rows.jsonl`.
 */
export async function leaveUnfinished(machine: Machine, stream?: string): Promise<string> {
  const folder = join(machine.root, 'data');
  const files = [stream === undefined ? 'rows.jsonl' : '-'];
  const journal = await (await openJournals(folder)).begin(
    {
      place: `home ${folder}`,
      dataset: 'numbers',
      experiment: null,
      shard: '',
      options: {},
      sourceId: 'cut-off',
    },
    {
      label: '',
      isOneOfSeveral: false,
      files,
      sources: [],
      group: null,
      live: stream !== undefined,
      command: {
        folder: machine.workingFolder,
        paths: files,
        options: { dataset: 'numbers', local: true },
      },
    },
  );
  if (stream !== undefined) {
    const options = { nameExample: nameByContent, path: journal.packagePath };
    // Each part is kept until it is dropped, and nobody drops it.
    for await (const part of prepareStream(nativeSource(await streamOf([stream])), options))
      if (part.rows === 0) throw new Error('an empty part');
  }
  await journal.setExperiment({ id: '0b1c7f4e-0000-4000-8000-000000000002', name: 'cut off' });
  await journal.close();
  return journal.id;
}
