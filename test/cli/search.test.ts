import type { PassThrough } from 'node:stream';
import { setImmediate as nextTick } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { PickerChoice } from '../../src/cli/picking/list-view.js';
import { pickFromList } from '../../src/cli/picking/pick-from-list.js';
import { Search } from '../../src/cli/picking/search.js';
import { Machine } from './command-line.js';

const creation = (typed: string) => ({ value: -1, name: typed || 'new' });

/** A search among `dataset-0` and so on, which tells how many were asked for. */
function startSearch(howMany: number, create?: (typed: string) => PickerChoice<number>) {
  const asked: string[] = [];
  let read = 0;
  const error = vi.fn();
  const search = new Search<number>(
    {
      message: 'Which?',
      async *find(typed) {
        asked.push(typed);
        if (typed === 'broken') throw new Error('no network');
        for (let value = 0; value < howMany; value++) {
          const name = `dataset-${value}`;
          if (!name.includes(typed)) continue;
          read++;
          yield { value, name };
        }
      },
      ...(create && { create }),
    },
    { change: () => {}, error },
  );
  return { search, asked, error, howManyRead: () => read };
}

const settle = (search: Search<number>) => vi.waitFor(() => expect(search.isLoading).toBe(false));

/** What is picked if all of `text` arrives before the list does. */
async function paste(text: string, names: readonly string[]): Promise<string> {
  const machine = new Machine();
  onTestFinished(() => machine.remove());
  const context = machine.context({ terminal: { columns: 60 } });
  const picked = pickFromList<string>(
    {
      message: 'Which?',
      async *find(typed) {
        await nextTick();
        for (const name of names) if (name.includes(typed)) yield { value: name, name };
      },
      create: (name) => ({ value: `created ${name}`, name }),
    },
    context,
  );
  (context.stdin as PassThrough).write(text);
  return picked;
}

describe('a search', () => {
  test('reads what is looked at, and not all there is', async () => {
    const { search, howManyRead } = startSearch(10_000);
    await settle(search);

    expect(search.choices[0]?.name).toBe('dataset-0');
    expect(search.hasMore).toBe(true);
    expect(howManyRead()).toBeLessThan(100);
  });

  test('reads on as the pointer moves down', async () => {
    const { search, howManyRead } = startSearch(10_000);
    await settle(search);

    for (let n = 0; n < 30; n++) {
      const before = search.choices.length;
      search.move(10);
      await vi.waitFor(() => expect(search.choices.length).toBeGreaterThan(before));
    }

    expect(search.chosen?.name).toBe('dataset-300');
    expect(howManyRead()).toBeLessThan(400);
  });

  test('does not go round at an end that is not known yet', async () => {
    const { search } = startSearch(10_000);
    await settle(search);

    search.move(1_000);
    search.move(1);

    expect(search.chosen?.value).toBeGreaterThan(20);
  });

  test('goes round at both ends, past what can be made', async () => {
    const { search } = startSearch(3, creation);
    await settle(search);

    const passed = [-1, -1, 1, 1].map((step) => {
      search.move(step);
      return search.chosen?.name;
    });

    expect(passed).toEqual(['new', 'dataset-2', 'new', 'dataset-0']);
  });

  test('asks once for a word that is typed quickly', async () => {
    const { search, asked } = startSearch(20);
    await settle(search);

    for (const typed of ['d', 'da', 'dataset-1', 'dataset-17']) search.type(typed);
    await settle(search);

    expect(asked).toEqual(['', 'dataset-17']);
    expect(search.choices.map(({ name }) => name)).toEqual(['dataset-17']);
  });

  test('has nothing chosen while it is not known what there is', async () => {
    const { search } = startSearch(20);
    expect(search.chosen).toBeUndefined();
    await settle(search);
    expect(search.chosen?.value).toBe(0);

    search.type('dataset-1');

    expect(search.chosen).toBeUndefined();
  });

  test('reports what went wrong', async () => {
    const { search, error } = startSearch(20);
    await settle(search);

    search.type('broken');

    await vi.waitFor(() => expect(error).toHaveBeenCalledWith(new Error('no network')));
  });
});

describe('what is pasted with its Enter before the list is there', () => {
  test.for([
    ['is created', 'new\r', ['other'], 'created new'],
    ['is created though others hold the name', 'new\r', ['newest'], 'created new'],
    ['is taken where it exists', 'new\r', ['newest', 'new'], 'new'],
  ] as const)('%s', async ([, text, names, expected]) => {
    expect(await paste(text, names)).toBe(expected);
  });
});
