import type { Html } from '../html.js';
import { Scroll } from '../layout.js';
import type { HistoryPoint } from '../reads/history.js';
import { extentOf } from './chart/extent.js';
import { Sparkline } from './chart/sparkline.js';
import { digitsFor } from './digits.js';
import { moment } from './figures.js';
import { visible, visibleText } from './visible.js';

/** What experiments scored on one example, over time. */
export function History(props: {
  readonly points: readonly HistoryPoint[];
  readonly hrefOf: (experimentId: string) => string;
}): Html {
  const { points, hrefOf } = props;
  const keys = [...new Set(points.flatMap(({ scores }) => [...scores.keys()]))].sort();
  const valuesOf = (key: string) => points.map(({ scores }) => scores.get(key)?.mean);
  const digits = keys.map((key) => {
    const [low, high] = extentOf(valuesOf(key).flatMap((value) => value ?? []));
    return digitsFor(high - low);
  });
  return (
    <Scroll label="History of this row">
      <table>
        <thead>
          <tr>
            <th scope="col">Experiment</th>
            {keys.map((key) => (
              <th scope="col" class="number">
                <Sparkline values={valuesOf(key)} title={`${visibleText(key)} over time`} />
                <br />
                {visible(key)}
              </th>
            ))}
            <th scope="col">Started</th>
          </tr>
        </thead>
        <tbody>
          {points.toReversed().map((point) => (
            <tr>
              <th scope="row" class="name">
                <a href={hrefOf(point.id)} dir="auto">
                  {visible(point.name)}
                </a>
                {point.errors > 0 && <span class="bad"> error</span>}
              </th>
              {keys.map((key, place) => {
                const value = point.scores.get(key)?.mean;
                return (
                  <td class="number">{value === undefined ? '–' : digits[place]?.value(value)}</td>
                );
              })}
              <td class="when">{moment(point.startTime)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
