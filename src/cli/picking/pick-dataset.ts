import type { LangSmith } from '../../langsmith/client.js';
import type { Dataset } from '../../langsmith/wire.js';
import type { Context } from '../context.js';
import { count } from '../screen/words.js';
import type { PickerChoice } from './list-view.js';
import { pickFromList } from './pick-from-list.js';

/**
 * Asks which dataset is meant: type to search, or make a new one in place.
 *
 * @param proposal name of a new dataset as long as nothing is typed; undefined: it has to be there.
 * @returns the id of a dataset that exists, or the name of a new one.
 */
export function pickDataset(
  client: LangSmith,
  proposal: string | undefined,
  context: Context,
): Promise<string> {
  return pickFromList<string>(
    {
      message: 'Which dataset?',
      find: (typed) => findDatasets(client, typed),
      create:
        proposal === undefined
          ? undefined
          : (typed) => {
              const name = typed || proposal;
              return { value: name, name, label: `create new "${name}"` };
            },
    },
    context,
  );
}

/** The one of that name or id first, then the latest used. */
async function* findDatasets(
  client: LangSmith,
  typed: string,
): AsyncGenerator<PickerChoice<string>> {
  const exact = typed === '' ? undefined : await client.findDataset(typed);
  if (exact) yield toChoice(exact);
  const wanted = typed === '' ? {} : { nameContains: typed };
  for await (const dataset of client.listDatasets(wanted)) {
    if (dataset.id !== exact?.id) yield toChoice(dataset);
  }
}

function toChoice({ id, name, exampleCount, experimentCount }: Dataset): PickerChoice<string> {
  const counts = [count(exampleCount, 'example')];
  if (experimentCount > 0) counts.push(count(experimentCount, 'experiment'));
  return { value: id, name, note: counts.join(', ') };
}
