import { describe, expect, test } from 'vitest';
import { bless, readBlessing } from '../../src/experiments/baseline.js';
import type { JsonObject } from '../../src/json/value.js';
import type { LangSmith } from '../../src/langsmith/client.js';
import type { Dataset } from '../../src/langsmith/wire.js';

const ID = '0197a3b2-0000-7000-8000-000000000001';
const OTHER = '0197a3b2-0000-7000-8000-000000000002';
const BLESSING = { experimentId: ID, name: 'main', by: 'ada', at: '2026-11-30T00:00:00Z' };

/** A server with one dataset. @param holdsField whether it lets the baseline be set. */
function serverOf(dataset: Partial<Dataset>, holdsField: boolean) {
  let state: Partial<Dataset> = { id: 'd', name: 'shop', ...dataset };
  return {
    client: {
      findDataset: async () => state as Dataset,
      updateDataset: async (
        _: string,
        change: { baselineId?: string | null; metadata?: JsonObject },
      ) => {
        const baselineId =
          change.baselineId === undefined ? state.baselineId : (change.baselineId ?? undefined);
        state = {
          ...state,
          metadata: change.metadata ?? {},
          ...(holdsField && { baselineId }),
        };
      },
    } as unknown as LangSmith,
    read: () => state as Dataset,
  };
}

describe('a blessing', () => {
  test.for([
    [true, undefined],
    [false, undefined],
    [false, OTHER],
  ] as const)(
    'is kept where the field can be set: %s, and held %s before',
    async ([holds, before]) => {
      const server = serverOf({ metadata: { owner: 'qa' }, baselineId: before }, holds);

      const isShown = await bless(server.client, 'd', BLESSING);

      expect(isShown).toBe(holds);
      expect(readBlessing(server.read())).toEqual(BLESSING);
      expect(server.read().metadata).toMatchObject({ owner: 'qa' });
    },
  );

  test('gives way to what was chosen elsewhere since then', async () => {
    const server = serverOf({ metadata: {} }, true);
    await bless(server.client, 'd', BLESSING);

    expect(readBlessing({ ...server.read(), baselineId: OTHER })).toEqual({ experimentId: OTHER });
  });

  test('is removed without a trace', async () => {
    const server = serverOf({ metadata: { owner: 'qa' } }, true);
    await bless(server.client, 'd', BLESSING);

    await bless(server.client, 'd', undefined);

    expect(readBlessing(server.read())).toBeUndefined();
    expect(server.read().metadata).toEqual({ owner: 'qa' });
  });
});
