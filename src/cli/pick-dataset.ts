import type { LangSmith } from '../langsmith/client.js';
import type { Context } from './context.js';
import { printable } from './printable.js';
import { count } from './words.js';

const SHOWN = 20;

/**
 * Asks which dataset is meant: type to search, or make a new one in place.
 *
 * @param proposal name of a new dataset as long as nothing is typed.
 * @returns the id of a dataset that exists, or the name of a new one.
 */
export async function pickDataset(
  client: LangSmith,
  proposal: string,
  { stdin, stderr, signal }: Context,
): Promise<string> {
  const { search } = await import('@inquirer/prompts');
  return search<string>(
    {
      message: 'Which dataset?',
      source: async (typed, { signal: outdated }) => {
        const term = typed?.trim() ?? '';
        const found = await findDatasets(client, term, outdated);
        const name = term || proposal;
        const existing = found.map((dataset) => ({
          value: dataset.id,
          name: `${printable(dataset.name)}  (${count(dataset.exampleCount, 'example')})`,
          short: printable(dataset.name),
        }));
        if (found.some((dataset) => dataset.name === name)) return existing;
        return [
          ...existing,
          { value: name, name: `create new "${printable(name)}"`, short: printable(name) },
        ];
      },
    },
    { input: stdin, output: stderr, signal },
  );
}

async function findDatasets(client: LangSmith, term: string, outdated: AbortSignal) {
  const found = [];
  const wanted = term === '' ? { limit: SHOWN } : { nameContains: term, limit: SHOWN };
  for await (const dataset of client.listDatasets(wanted)) {
    // The next key was pressed: nobody looks at this list any more.
    if (outdated.aborted) break;
    found.push(dataset);
  }
  return found;
}
