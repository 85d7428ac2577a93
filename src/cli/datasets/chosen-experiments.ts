import { LsRecordError } from '../../errors.js';
import type { LangSmith } from '../../langsmith/client.js';
import type { Context } from '../context.js';
import type { Terminal } from '../screen/terminal.js';

/** Whoever asks may name what the messages say; a person may pick instead. */
interface Asking {
  readonly client: LangSmith;
  readonly context: Context;
  readonly terminal: Terminal;
}

/** @returns what was typed, or on a terminal the id of the experiment that is picked. */
export async function chooseExperiment(
  typed: string | undefined,
  { client, context, terminal }: Asking,
): Promise<string> {
  if (typed !== undefined) return typed;
  if (!terminal.mayAsk) throw noneNamed('no experiment given');
  const { pickExperiment } = await import('../picking/pick-experiment.js');
  return (await pickExperiment(client, context)).id;
}

function noneNamed(message: string): LsRecordError {
  return new LsRecordError('USAGE', message, {
    hint: 'Give names, IDs or URLs. To list them: ls-record experiments list DATASET',
  });
}
