import { parseJson } from '../json/parse.js';
import { isJsonObject } from '../json/value.js';
import type { LangSmith } from '../langsmith/client.js';
import { contentOf } from '../prepare/content.js';
import { readPackage } from '../prepare/package.js';
import { PAYLOAD, type PackedRow } from '../prepare/packed-row.js';
import type { PreparedExperiment } from '../prepare/prepared.js';

const LOOKED_AT = 100;

/** How many of the first rows an experiment has already: same examples, same outputs. */
export interface SameRows {
  readonly same: number;
  readonly lookedAt: number;
}

/** Rows that only have other scores want to be scored, not recorded again. */
export async function findSameRows(
  client: LangSmith,
  datasetId: string,
  experimentId: string,
  { path }: Partial<Pick<PreparedExperiment, 'path'>> = {},
): Promise<SameRows> {
  const rows = path === undefined ? [] : await firstRows(path);
  const exampleIds = [...new Set(rows.flatMap(({ head }) => head.example ?? []))];
  const known = new Set<string>();
  if (exampleIds.length > 0)
    for await (const { id, runs } of client.listExamplesWithRuns(datasetId, [experimentId], {
      exampleIds,
    }))
      for (const { outputs } of runs) known.add(`${id} ${contentOf(outputs)}`);
  const same = rows.filter((row) => known.has(`${row.head.example} ${outputsOf(row)}`)).length;
  return { same, lookedAt: rows.length };
}

async function firstRows(path: string): Promise<PackedRow[]> {
  const first: PackedRow[] = [];
  for await (const rows of readPackage(path)) {
    for (const row of rows) if (row.head.problem === undefined) first.push(row);
    if (first.length >= LOOKED_AT) break;
  }
  return first.slice(0, LOOKED_AT);
}

function outputsOf({ payloads }: PackedRow): string {
  const bytes = payloads[PAYLOAD.outputs];
  const outputs = bytes?.length ? parseJson(Buffer.from(bytes).toString()) : undefined;
  return contentOf(isJsonObject(outputs) ? outputs : undefined);
}
