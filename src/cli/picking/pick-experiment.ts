import type { LangSmith } from '../../langsmith/client.js';
import type { Experiment } from '../../langsmith/wire.js';
import type { Context } from '../context.js';
import { count, showTime } from '../screen/words.js';
import type { PickerChoice } from './list-view.js';
import { pickFromList } from './pick-from-list.js';

/**
 * Asks which experiment is meant, of one dataset or of all: type to search, the latest first.
 *
 * @param options.without ids of those that are not offered.
 */
export function pickExperiment(
  client: LangSmith,
  context: Context,
  options: { message?: string; datasetId?: string; without?: readonly string[] } = {},
): Promise<Experiment> {
  const { message = 'Which experiment?', datasetId, without = [] } = options;
  return pickFromList<Experiment>(
    {
      message,
      async *find(typed) {
        const wanted = typed === '' ? {} : { nameContains: typed };
        const found =
          datasetId === undefined
            ? client.listAllExperiments(wanted)
            : client.listExperiments(datasetId, wanted);
        for await (const experiment of found) {
          if (!without.includes(experiment.id)) yield toChoice(experiment);
        }
      },
    },
    context,
  );
}

function toChoice(experiment: Experiment): PickerChoice<Experiment> {
  const { name, runCount, startTime } = experiment;
  const runs = runCount === undefined ? [] : [count(runCount, 'run')];
  return { value: experiment, name, note: [...runs, showTime(startTime)].join(', ') };
}
