import { LsRecordError } from '../../errors.js';
import type { LangSmith } from '../../langsmith/client.js';
import type { Context } from '../context.js';
import type { Terminal } from '../screen/terminal.js';

/** @returns what was typed, or on a terminal the id of the experiment that is picked. */
export async function chooseExperiment(
  typed: string | undefined,
  { client, context, terminal }: { client: LangSmith; context: Context; terminal: Terminal },
): Promise<string> {
  if (typed !== undefined) return typed;
  if (!terminal.mayAsk) {
    throw new LsRecordError('USAGE', 'no experiment given', {
      hint: 'Give names, IDs or URLs. To list them: ls-record experiments list DATASET',
    });
  }
  const { pickExperiment } = await import('../picking/pick-experiment.js');
  return (await pickExperiment(client, context)).id;
}
