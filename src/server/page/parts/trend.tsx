import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { Empty } from '../layout.js';
import { changeAddress, readListing } from '../query.js';
import type { TrendPoint } from '../reads/trend.js';
import type { Baseline } from '../shown.js';
import { LineChart } from './chart/line.js';
import { Sparkline } from './chart/sparkline.js';
import { dateOf } from './figures.js';
import { textOf } from './payload.js';
import { visible, visibleText } from './visible.js';

const MEASURES: Readonly<Record<string, (point: TrendPoint) => number | undefined>> = {
  errors: ({ errors, runs }) => (runs === 0 ? undefined : errors / runs),
  latency: ({ latencyP50 }) => latencyP50,
  tokens: ({ totalTokens }) => totalTokens,
  cost: ({ totalCost }) => totalCost,
};

/** One score or measure over all experiments, and the others small. */
export function Trend(props: {
  /** In the order in which they were made. */
  readonly points: readonly TrendPoint[];
  readonly baseline: Baseline | undefined;
  readonly url: URL;
  readonly at: Addresses;
}): Html {
  const { points, baseline, url, at } = props;
  const keys = [...new Set(points.flatMap(({ scores }) => [...scores.keys()]))].sort();
  const metrics = [...new Set([...keys, ...Object.keys(MEASURES)])].filter((name) =>
    points.some((point) => figureOf(point, name) !== undefined),
  );
  const asked = readListing(url.searchParams);
  const metric = metrics.find((name) => name === asked.metric) ?? metrics[0];
  if (metric === undefined || points.length === 0) return <Empty words="Nothing to show yet." />;
  const fields = [...new Set(points.flatMap(({ metadata }) => Object.keys(metadata)))].sort();
  const field = fields.find((name) => `metadata.${name}` === asked.x);
  const labelOf = (point: TrendPoint) =>
    field === undefined ? dateOf(point.startTime) : textOf(point.metadata[field] ?? null);
  const sorted =
    field === undefined ? points : points.toSorted((a, b) => (labelOf(a) < labelOf(b) ? -1 : 1));
  const fixed = points.find(({ id }) => id === baseline?.id);
  const fixedValue = fixed && figureOf(fixed, metric);
  return (
    <>
      <Choices metrics={metrics} metric={metric} fields={fields} field={field} />
      <LineChart
        title={`${visibleText(metric)} of ${points.length} experiments`}
        points={sorted.map((point) => ({
          value: figureOf(point, metric),
          title: `${point.name}: ${print(figureOf(point, metric))}, ${labelOf(point)}`,
          label: labelOf(point),
          href: at.experiment(point),
        }))}
        baseline={
          fixed && fixedValue !== undefined
            ? { value: fixedValue, title: `${fixed.name}, the baseline` }
            : undefined
        }
        print={print}
      />
      <dl class="figures">
        {metrics.map((name) => (
          <div>
            <dt>
              <a href={changeAddress(url, { metric: name })}>{visible(name)}</a>
            </dt>
            <dd>
              <Sparkline
                values={sorted.map((point) => figureOf(point, name))}
                title={visibleText(name)}
              />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Choices(props: {
  readonly metrics: readonly string[];
  readonly metric: string;
  readonly fields: readonly string[];
  readonly field: string | undefined;
}): Html {
  const { metrics, metric, fields, field } = props;
  return (
    <form method="get" class="bar-form">
      <input type="hidden" name="tab" value="trend" />
      <label>
        Metric{' '}
        <select name="metric">
          {metrics.map((name) => (
            <option selected={name === metric} value={name}>
              {visibleText(name)}
            </option>
          ))}
        </select>
      </label>
      <label>
        By{' '}
        <select name="x">
          <option value="start">start</option>
          {fields.map((name) => (
            <option selected={name === field} value={`metadata.${name}`}>
              {visibleText(name)}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">Show</button>
    </form>
  );
}

function figureOf(point: TrendPoint, metric: string): number | undefined {
  return point.scores.get(metric)?.mean ?? MEASURES[metric]?.(point);
}

function print(value: number | undefined): string {
  return value === undefined ? '–' : String(Number(value.toPrecision(3)));
}
