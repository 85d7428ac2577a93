import { LsRecordError } from '../errors.js';
import type { OpenedSource } from '../input/row.js';
import type { RecognisedSource } from './recognised.js';

const MAX_LOOKED_AT = 50;
const MAX_NAMED = 12;

/** How well a table can be read: not at all, with rows of any kind, without a question, as answers to inputs. */
type Rank = 0 | 1 | 2 | 3;

/**
 * Chooses among the tables of a file: the first that has inputs and outputs, else the first that can be read without a
 * question, else the first that has rows.
 *
 * @returns what it is read as; its assumptions say which one that is, and what is left out.
 */
export async function chooseTable(
  source: OpenedSource,
  tables: ReadonlyMap<string, OpenedSource>,
  recognise: (table: OpenedSource) => Promise<RecognisedSource>,
): Promise<RecognisedSource> {
  let best: { rank: Rank; name: string; table: OpenedSource } | undefined;
  for (const [name, table] of [...tables].slice(0, MAX_LOOKED_AT)) {
    const rank = await rankOf(table, recognise);
    if (rank > (best?.rank ?? -1)) best = { rank, name, table };
    if (rank === 3) break;
  }
  const { name, table } = best ?? { name: '', table: source };
  const recognised = await recognise(table);
  return {
    ...recognised,
    assumptions: [describeChoice(name, [...tables.keys()]), ...recognised.assumptions],
  };
}

async function rankOf(
  table: OpenedSource,
  recognise: (table: OpenedSource) => Promise<RecognisedSource>,
): Promise<Rank> {
  try {
    const { rows } = await table.sample();
    if (rows.length === 0) return 0;
    const { questions, format, decisions } = await recognise(table);
    if (questions.length > 0) return 1;
    return format !== 'columns' || hasBoth(decisions().columns) ? 3 : 2;
  } catch (error) {
    // An empty sheet, or columns that an option names and this one has not.
    if (error instanceof LsRecordError) return 0;
    throw error;
  }
}

/** @param columns pairs of a column and its target. */
function hasBoth(columns: unknown): boolean {
  const heads = Array.isArray(columns) ? columns.map((pair) => pair?.[1]?.[0]) : [];
  return heads.includes('inputs') && heads.includes('outputs');
}

function describeChoice(name: string, names: readonly string[]): string {
  const others = names.filter((one) => one !== name).map((one) => JSON.stringify(one));
  const listed = others.slice(0, MAX_NAMED).join(', ') + (others.length > MAX_NAMED ? ', …' : '');
  return `${JSON.stringify(name)} is read; left out: ${listed} (choose with --sheet)`;
}
