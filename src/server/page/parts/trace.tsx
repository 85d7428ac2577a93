import type { Html } from '../html.js';
import type { ShownSpan } from '../shown.js';
import { extentOf } from './chart/extent.js';
import { count, dollars, seconds } from './figures.js';
import { visible } from './visible.js';

/** Below this depth runs are no longer indented. */
const MAX_INDENT = 6;
/** A space that is not collapsed, as wide as a letter is high. */
const INDENT = '\u2003';

/**
 * All runs of a trace, each below the one that called it, with when it ran.
 *
 * @param props.openId the one that is looked at.
 */
export function Trace(props: {
  readonly spans: readonly ShownSpan[];
  readonly openId: string;
  readonly hrefOf: (span: ShownSpan) => string;
}): Html {
  const { spans, openId, hrefOf } = props;
  const [start] = extentOf(spans.map(({ startTime }) => startTime));
  const [, end] = extentOf(spans.map(({ startTime, endTime }) => endTime ?? startTime));
  return (
    <ol class="trace">
      {spans.map((span) => (
        <li>
          <a href={hrefOf(span)} aria-current={span.id === openId ? 'true' : undefined}>
            {INDENT.repeat(Math.min(span.depth, MAX_INDENT))}
            <span class={span.error === undefined ? undefined : 'bad'} dir="auto">
              {visible(span.name)}
            </span>{' '}
            <small>{visible(span.runType)}</small>
          </a>
          <Bar span={span} start={start} end={end} />
          <span class="number">{figuresOf(span)}</span>
        </li>
      ))}
    </ol>
  );
}

/** When a run ran, within its trace. */
function Bar(props: {
  readonly span: ShownSpan;
  readonly start: number;
  readonly end: number;
}): Html {
  const { startTime, endTime, error } = props.span;
  const scale = 1000 / Math.max(1, props.end - props.start);
  const offset = startTime - props.start;
  const width = Math.max(4, Math.round(((endTime ?? props.end) - startTime) * scale));
  return (
    <svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img">
      <title>starts after {(offset / 1_000_000).toFixed(2)} s</title>
      <rect
        class={error === undefined ? undefined : 'failed'}
        x={Math.min(996, Math.round(offset * scale))}
        width={width}
        height="10"
      />
    </svg>
  );
}

function figuresOf({ endTime, latency, totalTokens, totalCost }: ShownSpan): Html {
  return (
    <>
      {endTime === undefined ? 'running' : seconds(latency)}
      {totalTokens !== undefined && <> · {count(totalTokens)} tok</>}
      {totalCost !== undefined && <> · {dollars(totalCost)}</>}
    </>
  );
}
