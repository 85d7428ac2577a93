import type { Source } from '../../src/input/row.js';
import type { Journal } from '../../src/recorder/journal/journal.js';
import { prepareRecording } from '../../src/recorder/preparation.js';
import { recordExperiment } from '../../src/recorder/record.js';
import type { RecordOptions } from '../../src/recorder/record-options.js';
import type { Recording } from '../../src/recorder/recording.js';

/** Records a source that holds one experiment. */
export async function record(
  source: Source,
  { journal, ...options }: RecordOptions & { readonly journal?: Journal },
): Promise<Recording> {
  const preparation = await prepareRecording([source], options, journal);
  try {
    const [only, ...others] = preparation.experiments;
    if (!only || others.length > 0) throw new Error('expected one experiment');
    return await recordExperiment(preparation, only, options);
  } finally {
    await preparation.close();
  }
}
