import { z } from 'zod';
import { childRunSchema } from './child-runs.js';
import { resultSchema } from './result.js';

/**
 * JSON Schema (draft 2020-12) of a row of results as it stands in a file. Other fields than those named are allowed:
 * they are kept in the run's metadata.
 */
export function resultJsonSchema(): Record<string, unknown> {
  const options = { io: 'input', unrepresentable: 'any' } as const;
  const { $schema, ...row } = z.toJSONSchema(resultSchema, options);
  const { $schema: _, ...run } = z.toJSONSchema(childRunSchema, options);
  const properties = { ...run.properties, child_runs: row.properties?.child_runs };
  return {
    $schema,
    title: 'A result for ls-record',
    ...row,
    $defs: { run: { ...run, properties } },
  };
}
