import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import type { View } from '../query.js';
import type { Summary } from '../reads/comparisons.js';
import type { ExperimentHead } from '../shown.js';
import { Hidden } from './filters.js';
import { Recording } from './recording.js';
import { Dot, type LinkTo } from './strip.js';
import { visible, visibleText } from './visible.js';

const REASONS = {
  named: 'baseline',
  blessed: 'baseline',
  'the earliest': 'baseline: the earliest',
} as const;

/** Makes an experiment the baseline of its dataset, or no longer. */
export function BlessButton(props: {
  readonly experiment: Pick<ExperimentHead, 'id' | 'name'>;
  readonly isBlessed: boolean;
  /** Where it is sent, in a form that goes elsewhere. */
  readonly action?: string;
}): Html {
  const { experiment, isBlessed, action } = props;
  return (
    <button
      type="submit"
      class="small"
      name="experiment"
      value={isBlessed ? '' : experiment.id}
      formmethod={action === undefined ? undefined : 'post'}
      formaction={action}
      title="Gates and comparisons on this dataset use the blessed experiment as their baseline"
    >
      {isBlessed ? 'unbless' : 'bless'}
      <span class="sr"> {visible(experiment.name)}</span>
    </button>
  );
}

/** The experiments of a page: which of them is the baseline and why, and a way to choose otherwise. */
export function Chips(props: {
  readonly summary: Summary;
  readonly view: View;
  readonly others: readonly ExperimentHead[];
  readonly linkTo: LinkTo;
  readonly at: Addresses;
  /** How many examples the dataset has. */
  readonly exampleCount: number;
}): Html {
  const { summary, view, others, linkTo, exampleCount } = props;
  const { experiments, reason, blessedId } = summary;
  const ids = experiments.map(({ session }) => session.id);
  const without = (id: string) => ids.filter((one) => one !== id);
  return (
    <ul class="chips" aria-label="Experiments">
      {experiments.map(({ session: { id, name, written_at, start_time }, subject }, at) => (
        <li data-rows={subject.runs}>
          <Dot at={at} />
          <a href={linkTo({ experiments: [id], baseline: undefined })} dir="auto">
            {visible(name)}
          </a>
          {!subject.isFinished && (
            <Recording
              rows={subject.rows.size}
              of={exampleCount}
              writtenAt={written_at ?? start_time}
            />
          )}
          {at === 0 && experiments.length > 1 && <small>{REASONS[reason]}</small>}
          {id === blessedId && <small>★ blessed</small>}
          {at === 0 && (
            <form method="post" action={props.at.baseline(summary.datasetId)}>
              <BlessButton experiment={{ id, name }} isBlessed={id === blessedId} />
            </form>
          )}
          {at > 0 && (
            <a
              class="small"
              href={linkTo({ baseline: id })}
              aria-keyshortcuts={at === 1 ? 'b' : undefined}
            >
              <span aria-hidden="true">☆ </span>
              <span class="words">make baseline</span>
              <span class="sr"> {visible(name)}</span>
            </a>
          )}
          {experiments.length > 1 && (
            <a
              class="small"
              href={linkTo({ experiments: without(id) })}
              aria-label={`Leave out ${visibleText(name)}`}
            >
              ×
            </a>
          )}
        </li>
      ))}
      {others.length > 0 && (
        <li>
          <details class="menu">
            <summary>+ add</summary>
            <form method="get">
              <Hidden view={{ ...view, experiments: ids }} without={['page']} />
              <select name="selectedSessions" aria-label="Experiment to add">
                {others.map(({ id, name }) => (
                  <option value={id}>{visibleText(name)}</option>
                ))}
              </select>
              <button type="submit">Add</button>
            </form>
          </details>
        </li>
      )}
    </ul>
  );
}
