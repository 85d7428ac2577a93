import { LsRecordError } from '../../errors.js';
import type { LangSmith } from '../../langsmith/client.js';
import type { Context } from '../context.js';
import type { Terminal } from '../screen/terminal.js';
import { readUrl } from './named-dataset.js';

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
  if (!terminal.mayAsk) throw noneNamed('no experiment was named');
  const { pickExperiment } = await import('../picking/pick-experiment.js');
  return (await pickExperiment(client, context)).id;
}

/** The same of two of one dataset; the page that shows two side by side names both. */
export async function chooseTwoExperiments(
  typed: readonly (string | undefined)[],
  { client, context, terminal }: Asking,
): Promise<readonly [string, string]> {
  const [a, b] = typed;
  if (a !== undefined && b !== undefined) return [a, b];
  const [one, other, ...more] = (a !== undefined && readUrl(a)?.experimentIds) || [];
  if (one !== undefined && other !== undefined && more.length === 0) return [one, other];
  if (!terminal.mayAsk) throw noneNamed('two experiments are compared, and not both were named');

  const { pickExperiment } = await import('../picking/pick-experiment.js');
  const message = 'Compare with which experiment?';
  const first =
    a === undefined
      ? await pickExperiment(client, context, { message })
      : await (await import('./named-experiment.js')).findNamedExperiment(client, a);
  const second = await pickExperiment(client, context, {
    message: `Which experiment is compared with ${first.name}?`,
    without: [first.id],
    datasetId: first.datasetId,
  });
  return [first.id, second.id];
}

function noneNamed(message: string): LsRecordError {
  return new LsRecordError('USAGE', message, {
    hint: 'Give names, ids or URLs: ls-record experiments list DATASET shows which there are.',
  });
}
