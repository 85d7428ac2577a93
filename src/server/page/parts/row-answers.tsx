import { numberOf } from '../../feedback-body.js';
import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { changeAddress, readView } from '../query.js';
import type { Compared } from '../reads/comparisons.js';
import type { ShownRow } from '../reads/row.js';
import { scoreKeysOf } from '../reads/score-keys.js';
import type { ShownFeedback, ShownRun } from '../shown.js';
import { PayloadDiff } from './diff.js';
import { FeedbackList } from './feedback-list.js';
import { count, dollars, seconds } from './figures.js';
import { wholeOutcome } from './outcome.js';
import { readingOf } from './reading.js';
import { ScoreForm } from './score-form.js';
import { ScoreMarks } from './score-marks.js';
import { visible } from './visible.js';

const DIFFS = {
  off: 'Answers',
  baseline: 'Diff to baseline',
  reference: 'Diff to reference',
} as const;
type Diff = keyof typeof DIFFS;

interface AnswersProps {
  readonly row: ShownRow;
  /** The baseline first. */
  readonly experiments: readonly Compared[];
  readonly url: URL;
  readonly at: Addresses;
}

/** Links to the same answers as they are, or as differences; an experiment alone has no baseline. */
export function DiffLinks(props: {
  readonly url: URL;
  readonly experiments: readonly Compared[];
}): Html {
  const { url, experiments } = props;
  const diff = diffOf(url, experiments);
  const all = Object.keys(DIFFS) as Diff[];
  const diffs = all.filter((choice) => choice !== 'baseline' || experiments.length > 1);
  const next = diffs[(diffs.indexOf(diff) + 1) % diffs.length];
  return (
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
  );
}

/** What each experiment answered, next to each other. */
export function RowAnswers(props: AnswersProps): Html {
  const { experiments } = props;
  const [baseline, ...others] = experiments;
  const keys = scoreKeysOf(experiments.map(({ subject }) => subject));
  const marks = baseline && new ScoreMarks([baseline, ...others], keys);
  return (
    <div class="columns">
      {experiments.map((one, place) => (
        <section class="whole">
          <h2 dir="auto">
            <a href={props.at.comparison(one.session.reference_dataset_id ?? '', [one.session.id])}>
              {visible(one.session.name)}
            </a>
            {place === 0 && experiments.length > 1 && <small> baseline</small>}
          </h2>
          {marks && (
            <Answers
              {...props}
              experiment={one}
              isBaseline={place === 0}
              marks={marks}
              keys={keys}
            />
          )}
        </section>
      ))}
    </div>
  );
}

function Answers(
  props: AnswersProps & {
    readonly experiment: Compared;
    readonly isBaseline: boolean;
    readonly marks: ScoreMarks;
    /** The keys of all scores. */
    readonly keys: readonly string[];
  },
): Html {
  const { row, experiment, experiments, url, at, isBaseline, marks, keys } = props;
  const runsOf = (id: string | undefined) =>
    row.runs.filter(({ experimentId }) => experimentId === id);
  const runs = runsOf(experiment.session.id);
  if (runs.length === 0) {
    const isToCome = experiment.session.end_time === null;
    return <p class="none">{isToCome ? 'not recorded yet' : 'not run'}</p>;
  }
  const diff = diffOf(url, experiments);
  const [baseline] = runsOf(experiments[0]?.session.id);
  const before = diff === 'reference' ? row.referenceOutputs : (baseline?.outputs ?? null);
  const isDiff = diff === 'reference' || (diff === 'baseline' && !isBaseline);
  const differenceOf = ({ key, score }: ShownFeedback) => {
    const value = numberOf(score);
    return value === null ? undefined : marks.difference(row.id, experiment, key, value);
  };
  const page = at.example(experiment.session.reference_dataset_id ?? '', row.id);
  return (
    <>
      {runs.length > 1 && <p>On average {marks.of(row, experiment)}</p>}
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
          {run.feedback.length > 0 && (
            <FeedbackList feedback={run.feedback} differenceOf={differenceOf} />
          )}
          <Marks run={run} href={runHref(url, run)} />
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

function diffOf(url: URL, experiments: readonly Compared[]): Diff {
  const { view, against } = readView(url.searchParams);
  if (view !== 'diff') return 'off';
  return experiments.length > 1 ? against : 'reference';
}

function diffHref(url: URL, diff: Diff): string {
  return changeAddress(url, {
    view: diff === 'off' ? undefined : 'diff',
    against: diff === 'reference' ? diff : undefined,
  });
}

/** The same row with all of one run. */
export function runHref(url: URL, { id }: Pick<ShownRun, 'id'>): string {
  return `${changeAddress(url, { run: id })}#run`;
}
