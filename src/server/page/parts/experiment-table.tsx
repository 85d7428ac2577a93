import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { Scroll } from '../layout.js';
import type { TrendPoint } from '../reads/trend.js';
import type { Baseline, ShownDataset } from '../shown.js';
import { BlessButton } from './chips.js';
import { type Digits, digitsOf } from './digits.js';
import { count, dollars, errorShare, moment, seconds } from './figures.js';
import { Recording } from './recording.js';
import { overallName, overallValue } from './strip.js';
import { breakable, visible, visibleText } from './visible.js';

/** What the page of a dataset shows of its experiments. */
export interface ExperimentRows {
  readonly points: readonly TrendPoint[];
  readonly keys: readonly string[];
  readonly dataset: ShownDataset;
  readonly baseline: Baseline | undefined;
  /** The column by which they are sorted, after `-` if the highest is first. */
  readonly sort: string;
  /** Experiments that are ticked, on whatever page. */
  readonly ticked: readonly string[];
  readonly at: Addresses;
}

interface Column {
  readonly name: string;
  readonly title: string;
  readonly value: (point: TrendPoint) => number | string | undefined;
  readonly cell: (point: TrendPoint) => Html | string;
}

/** Experiments with what came out of each; part of a form, in which they can be ticked. */
export function ExperimentTable(props: ExperimentRows): Html {
  const { points, sort, ticked } = props;
  const columns = columnsOf(props);
  return (
    <Scroll label="Experiments">
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="sr">Compare</span>
            </th>
            <SortHead name="name" title="Experiment" sort={sort} />
            {columns.map(({ name, title }) => (
              <SortHead name={name} title={title} sort={sort} isNumber />
            ))}
            <SortHead name="started" title="Started" sort={sort} />
          </tr>
        </thead>
        <tbody>
          {points.map((point) => (
            <tr data-rows={point.runs}>
              <td class="pick">
                <input
                  type="checkbox"
                  name="selectedSessions"
                  value={point.id}
                  checked={ticked.includes(point.id)}
                  aria-label={`Compare ${visibleText(point.name)}`}
                />
              </td>
              <th scope="row" class="name">
                <Name point={point} {...props} />
              </th>
              {columns.map(({ cell }) => (
                <td class="number">{cell(point)}</td>
              ))}
              <td class="when">{moment(point.startTime)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** Sorts by what a header of the table is called; the last made first, where nothing is asked. */
export function sortPoints(
  points: readonly TrendPoint[],
  { sort, keys }: Pick<ExperimentRows, 'sort' | 'keys'>,
): readonly TrendPoint[] {
  const isDescending = sort.startsWith('-');
  const name = sort.replace(/^-/, '');
  const columns: readonly Pick<Column, 'name' | 'value'>[] = [
    { name: 'name', value: (point) => point.name },
    { name: 'started', value: ({ startTime }) => startTime },
    ...columnsOf({ points, keys }),
  ];
  const column = columns.find((one) => one.name === name);
  if (!column) return points;
  const order = (a: TrendPoint, b: TrendPoint) => {
    const [one, other] = [column.value(a), column.value(b)];
    // What has no value is last, whichever way the others go.
    if (one === undefined || other === undefined) {
      return Number(one === undefined) - Number(other === undefined);
    }
    return one === other ? 0 : one < other === isDescending ? 1 : -1;
  };
  return points.toSorted(order);
}

function columnsOf({ points, keys }: Pick<ExperimentRows, 'points' | 'keys'>): Column[] {
  const scores = keys.map((key): Column => {
    const digits = digitsOf(key, points);
    return {
      name: `score.${key}`,
      title: key,
      value: ({ scores }) => scores.get(key)?.mean,
      cell: (point) => scoreCell(point, { key, digits }),
    };
  });
  const overall = new Set(points.flatMap(({ overall }) => [...overall.keys()]).sort());
  const figures: Column[] = [
    {
      name: 'runs',
      title: 'Runs',
      value: ({ runs }) => runs,
      cell: ({ runs }) => count(runs),
    },
    {
      name: 'errors',
      title: 'Errors',
      value: errorsOf,
      cell: (point) => errorShare(errorsOf(point)),
    },
    {
      name: 'latency',
      title: 'Latency p50',
      value: ({ latencyP50 }) => latencyP50,
      cell: ({ latencyP50 }) => seconds(latencyP50),
    },
    {
      name: 'tokens',
      title: 'Tokens',
      value: ({ totalTokens }) => totalTokens,
      cell: ({ totalTokens }) => count(totalTokens),
    },
    {
      name: 'cost',
      title: 'Cost',
      value: ({ totalCost }) => totalCost,
      cell: ({ totalCost }) => dollars(totalCost),
    },
  ];
  return [
    ...scores,
    ...[...overall].map((key) => ({
      name: `overall.${key}`,
      title: overallName(key),
      value: ({ overall }: TrendPoint) => overall.get(key),
      cell: ({ overall }: TrendPoint) => overallValue(overall.get(key)),
    })),
    // A figure that none of them has takes no room.
    ...figures.filter(({ value }) => points.some((point) => value(point) !== undefined)),
  ];
}

function errorsOf({ errors, runs }: TrendPoint): number | undefined {
  return runs === 0 ? undefined : errors / runs;
}

function scoreCell(
  { scores, differences, categories }: TrendPoint,
  { key, digits }: { readonly key: string; readonly digits: Digits },
): Html | string {
  const own = scores.get(key);
  const words = categories.get(key);
  if (!own && words) {
    const total = words.reduce((sum, { n }) => sum + n, 0);
    const [most] = words;
    return most ? visible(`${most.value} ${Math.round((most.n / total) * 100)}%`) : '–';
  }
  if (!own) return <span class="none">–</span>;
  const difference = differences.get(key) ?? 0;
  return (
    <>
      {digits.value(own.mean)}
      {difference !== 0 && <small> {digits.difference(difference)}</small>}
    </>
  );
}

function Name({
  point,
  baseline,
  dataset,
  at,
}: ExperimentRows & { readonly point: TrendPoint }): Html {
  const isBaseline = point.id === baseline?.id;
  const isBlessed = isBaseline && baseline.isBlessed;
  return (
    <>
      <a href={at.experiment(point)} dir="auto">
        {visible(point.name)}
      </a>
      {isBaseline && <small> {isBlessed ? '★ blessed' : 'baseline'}</small>}{' '}
      <BlessButton experiment={point} isBlessed={isBlessed} action={at.baseline(dataset.id)} />
      {!point.isFinished && (
        <Recording rows={point.examples} of={dataset.exampleCount} writtenAt={point.writtenAt} />
      )}
    </>
  );
}

/** A header that sorts: first the highest, then the lowest. A button, so that what is ticked stays. */
function SortHead(props: {
  readonly name: string;
  readonly title: string;
  readonly sort: string;
  readonly isNumber?: boolean;
}): Html {
  const { name, title, sort, isNumber } = props;
  const isDescending = sort === `-${name}`;
  const isSorted = isDescending || sort === name;
  return (
    <th
      scope="col"
      class={isNumber ? 'number' : undefined}
      aria-sort={isSorted ? (isDescending ? 'descending' : 'ascending') : undefined}
    >
      <button type="submit" class="sort" name="sort" value={isDescending ? name : `-${name}`}>
        {breakable(title)}
        {isSorted && (isDescending ? ' ↓' : ' ↑')}
      </button>
    </th>
  );
}
