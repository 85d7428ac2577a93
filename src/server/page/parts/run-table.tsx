import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { Scroll } from '../layout.js';
import type { ShownRun } from '../shown.js';
import { count, moment, seconds } from './figures.js';
import { outcome } from './outcome.js';
import { preview } from './payload.js';
import { visible } from './visible.js';

/** Runs one below the other, of any experiment or project. */
export function runTable(runs: readonly ShownRun[], at: Addresses): Html {
  return (
    <Scroll label="Runs">
      <table>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Type</th>
            <th scope="col">Inputs</th>
            <th scope="col">Outputs</th>
            <th scope="col" class="number">
              Latency
            </th>
            <th scope="col" class="number">
              Tokens
            </th>
            <th scope="col">Started</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr>
              <th scope="row">
                <a href={at.run(run)} dir="auto">
                  {visible(run.name)}
                </a>
              </th>
              <td class="muted">{visible(run.runType)}</td>
              <td class="wide">{preview(run.inputs, at.run(run))}</td>
              <td class="wide">{outcome(run, at.run(run))}</td>
              <td class="number">{seconds(run.latency)}</td>
              <td class="number">{count(run.totalTokens)}</td>
              <td class="when">{moment(run.startTime)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
