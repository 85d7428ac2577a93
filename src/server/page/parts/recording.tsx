import type { Micros } from '../../time.js';
import type { Html } from '../html.js';
import { count, moment } from './figures.js';

/** A recording that writes nothing for as long was stopped, as far as anybody can tell. */
const STOPPED_AFTER_US = 600_000_000;

/** How far a recording is, or that it was left unfinished. */
export function Recording(props: {
  /** Examples that have a run, and how many there are. */
  readonly rows: number;
  readonly of: number;
  readonly writtenAt: Micros;
}): Html {
  const { rows, of, writtenAt } = props;
  if (Date.now() * 1000 - writtenAt < STOPPED_AFTER_US)
    return (
      <small class="live">
        recording {count(rows)}/{count(of)}
      </small>
    );
  return (
    <small>
      unfinished: {count(rows)} of {count(of)} examples, last written {moment(writtenAt)}
    </small>
  );
}
