import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { changeAddress, readView } from '../query.js';
import type { Compared } from '../reads/comparisons.js';
import type { ShownRow } from '../reads/row.js';
import type { ShownRun } from '../shown.js';
import { PayloadDiff } from './diff.js';
import { FeedbackList } from './feedback-list.js';
import { count, dollars, seconds } from './figures.js';
import { wholeOutcome } from './outcome.js';
import { whole } from './payload.js';
import { readingOf } from './reading.js';
import { ScoreForm } from './score-form.js';
import { ScoreMarks } from './score-marks.js';
import { visible } from './visible.js';

const DIFFS = {
  off: 'Answers',
  reference: 'Differences to the reference',
  baseline: 'Differences to the baseline',
} as const;
type Diff = keyof typeof DIFFS;

interface AnswersProps {
  readonly row: ShownRow;
  /** The baseline first. */
  readonly experiments: readonly Compared[];
  readonly url: URL;
  readonly at: Addresses;
}

/** The reference and what each experiment answered, next to each other. */
export function RowAnswers(props: AnswersProps): Html {
  const { row, experiments, url } = props;
  const reference = row.referenceOutputs;
  const diff = diffOf(url);
  const diffs = Object.keys(DIFFS) as Diff[];
  const next = diffs[(diffs.indexOf(diff) + 1) % diffs.length];
  const [baseline, ...others] = experiments;
  const scores = baseline && new ScoreMarks([baseline, ...others], isScore, true);
  return (
    <>
      {experiments.length > 0 && (
        <nav class="choice" aria-label="Differences">
          {diffs.map((choice) => (
            <a
              href={diffHref(url, choice)}
              aria-current={choice === diff ? 'true' : undefined}
              aria-keyshortcuts={choice === next ? 'd' : undefined}
            >
              {DIFFS[choice]}
            </a>
          ))}
        </nav>
      )}
      <div class="columns">
        <section class="whole">
          <h2>Reference outputs</h2>
          {whole(reference, { reading: readingOf(url), moreAt: `/api/v1/examples/${row.id}` })}
        </section>
        {experiments.map((one, place) => (
          <section class="whole">
            <h2 dir="auto">
              <a
                href={props.at.comparison(one.session.reference_dataset_id ?? '', [one.session.id])}
              >
                {visible(one.session.name)}
              </a>
              {place === 0 && experiments.length > 1 && <small class="muted"> baseline</small>}
            </h2>
            {others.length > 0 && <p>{scores?.of(row, one)}</p>}
            <Answers {...props} experiment={one} isBaseline={place === 0} />
          </section>
        ))}
      </div>
    </>
  );
}

/** Latency and the like are below each answer. */
function isScore(name: string): boolean {
  return !['latency', 'tokens', 'cost'].includes(name);
}

function Answers(
  props: AnswersProps & { readonly experiment: Compared; readonly isBaseline: boolean },
): Html {
  const { row, experiment, experiments, url, at, isBaseline } = props;
  const runsOf = (id: string | undefined) =>
    row.runs.filter(({ experimentId }) => experimentId === id);
  const runs = runsOf(experiment.session.id);
  if (runs.length === 0) {
    const isToCome = experiment.session.end_time === null;
    return <p class="none">{isToCome ? 'not recorded yet' : 'not run'}</p>;
  }
  const diff = diffOf(url);
  const [baseline] = runsOf(experiments[0]?.session.id);
  const before = diff === 'reference' ? row.referenceOutputs : (baseline?.outputs ?? null);
  const isDiff = diff === 'reference' || (diff === 'baseline' && !isBaseline);
  const keys = keysOf(experiments);
  const page = at.example(experiment.session.reference_dataset_id ?? '', row.id);
  return (
    <>
      {runs.map((run, place) => (
        <div class="answer" id={`run-${run.id}`}>
          {runs.length > 1 && (
            <h3>
              Repetition {place + 1} of {runs.length}
            </h3>
          )}
          {isDiff && run.error === undefined ? (
            <PayloadDiff before={before} after={run.outputs} />
          ) : (
            wholeOutcome(run, { reading: readingOf(url), moreAt: at.run(run) })
          )}
          <Marks run={run} href={runHref(url, run)} />
          {run.feedback.length > 0 && <FeedbackList feedback={run.feedback} />}
          <ScoreForm
            action={`${page}/feedback`}
            runId={run.id}
            back={`${url.pathname}${changeAddress(url, {})}#run-${run.id}`}
            keys={keys}
          />
        </div>
      ))}
    </>
  );
}

function Marks({ run, href }: { readonly run: ShownRun; readonly href: string }): Html {
  const { latency, totalTokens, totalCost, model } = run;
  return (
    <p class="marks muted">
      {model !== undefined && <span>{visible(model)}</span>}
      <span>{seconds(latency)}</span>
      {totalTokens !== undefined && <span>{count(totalTokens)} tokens</span>}
      {totalCost !== undefined && <span>{dollars(totalCost)}</span>}
      <a href={href}>All of this run</a>
    </p>
  );
}

function keysOf(experiments: readonly Compared[]): string[] {
  const keys = experiments.flatMap(({ subject: { scores, categories } }) => [
    ...scores.keys(),
    ...categories.keys(),
  ]);
  return [...new Set(keys)].sort();
}

function diffOf(url: URL): Diff {
  const { view, against } = readView(url.searchParams);
  return view === 'diff' ? against : 'off';
}

function diffHref(url: URL, diff: Diff): string {
  const isOff = diff === 'off';
  const view = isOff ? undefined : 'diff';
  return changeAddress(url, { view, against: isOff ? undefined : diff });
}

/** The same row with all of one run. */
export function runHref(url: URL, { id }: Pick<ShownRun, 'id'>): string {
  return `${changeAddress(url, { run: id })}#run`;
}
