import type { Html } from '../html.js';
import type { ShownRun } from '../shown.js';
import { cut } from './cut.js';
import { type HowToShow, moreOf, preview, whole } from './payload.js';
import { visible } from './visible.js';

const PREVIEW_CHARACTERS = 400;
const WHOLE_CHARACTERS = 100_000;

type Outcome = Pick<ShownRun, 'error' | 'outputs'>;

/** What a run came to, in a cell of a table: its outputs, or why there are none. */
export function outcome({ error, outputs }: Outcome, moreAt: string): Html {
  if (error === undefined) return preview(outputs, moreAt);
  return (
    <>
      {errorBox(error, PREVIEW_CHARACTERS, moreAt)}
      {outputs !== null && preview(outputs, moreAt)}
    </>
  );
}

/** The same, on the run's own page. */
export function wholeOutcome({ error, outputs }: Outcome, how: HowToShow): Html {
  if (error === undefined) return whole(outputs, how);
  return (
    <>
      {errorBox(error, WHOLE_CHARACTERS, how.moreAt)}
      {outputs !== null && whole(outputs, how)}
    </>
  );
}

function errorBox(error: string, characters: number, moreAt: string | undefined): Html {
  const shown = cut(error, characters);
  return (
    <div class="error" dir="auto">
      {visible(shown)}
      {shown !== error && moreOf(error.length - shown.length, moreAt)}
    </div>
  );
}
