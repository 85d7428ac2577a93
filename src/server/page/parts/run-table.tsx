import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import type { ShownRun } from '../shown.js';
import { count, moment, seconds } from './figures.js';
import { outcome } from './outcome.js';
import { preview } from './payload.js';
import { Table } from './table.js';
import { visible } from './visible.js';

/** Runs one below the other, of any experiment or project. */
export function runTable(runs: readonly ShownRun[], at: Addresses): Html {
  return (
    <Table
      label="Runs"
      rows={runs}
      columns={[
        { title: 'Run', cell: (run) => <a href={at.run(run)}>{visible(run.name)}</a> },
        { title: 'Type', look: 'muted', cell: ({ runType }) => visible(runType) },
        { title: 'Inputs', look: 'wide', cell: (run) => preview(run.inputs, at.run(run)) },
        { title: 'Outputs', look: 'wide', cell: (run) => outcome(run, at.run(run)) },
        { title: 'Latency', look: 'number', cell: ({ latency }) => seconds(latency) },
        { title: 'Tokens', look: 'number', cell: ({ totalTokens }) => count(totalTokens) },
        { title: 'Started', look: 'when', cell: ({ startTime }) => moment(startTime) },
      ]}
    />
  );
}
