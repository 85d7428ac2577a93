import type { Html } from '../html.js';
import type { HistoryPoint } from '../reads/history.js';
import { extentOf } from './chart/extent.js';
import { Sparkline } from './chart/sparkline.js';
import { digitsFor } from './digits.js';
import { moment } from './figures.js';
import { Table } from './table.js';
import { breakable, visible, visibleText } from './visible.js';

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
    <Table
      label="History of this row"
      rows={points.toReversed()}
      columns={[
        {
          title: 'Experiment',
          look: 'name',
          cell: ({ id, name, errors }) => (
            <>
              <a href={hrefOf(id)}>{visible(name)}</a>
              {errors > 0 && <span class="bad"> error</span>}
            </>
          ),
        },
        ...keys.map((key, place) => ({
          title: (
            <>
              <Sparkline values={valuesOf(key)} title={`${visibleText(key)} over time`} />
              <br />
              {breakable(key)}
            </>
          ),
          look: 'number' as const,
          cell: ({ scores }: HistoryPoint) => {
            const value = scores.get(key)?.mean;
            return value === undefined ? '–' : digits[place]?.value(value);
          },
        })),
        { title: 'Started', look: 'when', cell: ({ startTime }) => moment(startTime) },
      ]}
    />
  );
}
