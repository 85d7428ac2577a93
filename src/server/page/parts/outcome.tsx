import type { Html } from '../html.js';
import type { ShownRun } from '../shown.js';
import { cut } from './cut.js';
import { preview, whole } from './payload.js';
import { visible } from './visible.js';

const PREVIEW_CHARACTERS = 400;
const WHOLE_CHARACTERS = 100_000;

type Outcome = Pick<ShownRun, 'error' | 'outputs'>;

/** What a run came to, in a cell of a table: its outputs, or why there are none. */
export function outcome({ error, outputs }: Outcome): Html {
  if (error === undefined) return preview(outputs);
  return (
    <>
      {errorBox(error, PREVIEW_CHARACTERS)}
      {outputs !== null && preview(outputs)}
    </>
  );
}

/** The same, on the run's own page. */
export function wholeOutcome({ error, outputs }: Outcome): Html {
  if (error === undefined) return whole(outputs);
  return (
    <>
      {errorBox(error, WHOLE_CHARACTERS)}
      {outputs !== null && whole(outputs)}
    </>
  );
}

function errorBox(error: string, characters: number): Html {
  const shown = error.length > characters ? `${cut(error, characters)}…` : error;
  return (
    <div class="error" dir="auto">
      {visible(shown)}
    </div>
  );
}
