import { ASKER, gistOf } from '../../../experiments/gist.js';
import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import type { View } from '../query.js';
import type { Compared, Summary } from '../reads/comparisons.js';
import type { FoundRows } from '../reads/rows.js';
import { scoreKeysOf } from '../reads/score-keys.js';
import type { ShownExample, ShownRun } from '../shown.js';
import { cut } from './cut.js';
import { WordDiff } from './diff.js';
import { outcome } from './outcome.js';
import { preview, previewInputs } from './payload.js';
import { Comments, ScoreMarks } from './score-marks.js';
import { ExperimentHead, WideBox } from './strip.js';
import { visible, visibleText } from './visible.js';

/** Characters of the texts of a compact row together: about two lines of each column. */
const COMPACT = 340;
const COMPACT_AT_LEAST = 50;

/** Scores of a compact row: those that say most, so that a screen has several rows. */
const COMPACT_SCORES = 3;

/** Characters of names that a narrow column holds. */
const NARROW = 5;

const MEASURES: ReadonlySet<string> = new Set(['latency', 'tokens', 'cost']);

/** Characters that are compared in the view of differences; the row's own page compares all. */
const DIFFED = 2000;

/** What the cells of rows are made of. */
export interface RowsToShow {
  readonly summary: Summary;
  readonly found: FoundRows;
  readonly view: View;
  readonly at: Addresses;
  /** The page of an example, with the same experiments. */
  readonly hrefOf: (exampleId: string) => string;
}

/** The names of what rows can show, as `cols` has them. */
export function columnsOf({ experiments }: Summary): string[] {
  const subjects = experiments.map(({ subject }) => subject);
  const measures = subjects.flatMap(({ measures }) => [...measures.keys()]);
  return [...new Set(['input', 'reference', ...scoreKeysOf(subjects), ...measures])];
}

/** What rows show: what the address names, else what they have room for; the score that they are chosen by comes first. */
export function shownColumns({
  summary,
  found,
  view,
}: Pick<RowsToShow, 'summary' | 'found' | 'view'>): string[] {
  const all = columnsOf(summary);
  if (view.cols) return all.filter((name) => view.cols?.includes(name));
  const [input = '', reference = '', ...others] = all;
  const scores = others.filter((name) => !MEASURES.has(name));
  const ranked = [found.metric, ...found.keys, ...scores].filter((name) =>
    scores.includes(name ?? ''),
  );
  const most = view.view === 'full' ? scores.length : COMPACT_SCORES;
  // Tokens and cost are in the summary.
  const latency = others.filter((name) => name === 'latency');
  return [input, reference, ...[...new Set(ranked)].slice(0, most), ...latency] as string[];
}

/** Examples with what each experiment answered, and its scores against the baseline's. */
export function ComparedRows({
  rows,
  examples,
}: {
  readonly rows: RowsToShow;
  readonly examples: readonly ShownExample[];
}): Html {
  const { summary, found, view } = rows;
  const columns = shownColumns(rows);
  const isShown = (name: string) => columns.includes(name);
  const scores = new ScoreMarks(summary.experiments, columns);
  const names = examples.map((example) => rowName(example.id, example.runs, found));
  const isNarrow = names.every((name) => name.length <= NARROW);
  return (
    <WideBox label="Rows" experiments={summary.experiments.length}>
      <table class={`rows ${view.view}`} id="rows">
        <caption class="sr">Rows and what each experiment answered</caption>
        <thead>
          <tr>
            <th scope="col" class={isNarrow ? 'narrow' : undefined}>
              #
            </th>
            {isShown('input') && <th scope="col">Input</th>}
            {isShown('reference') && <th scope="col">Reference</th>}
            {summary.experiments.map(({ session: { name } }, at) => (
              <ExperimentHead at={at} name={name} />
            ))}
          </tr>
        </thead>
        <tbody>
          {examples.map((example, place) => (
            <tr id={`e-${example.id}`}>
              <th scope="row">
                <a href={rows.hrefOf(example.id)}>{visible(names[place] ?? '')}</a>
              </th>
              {isShown('input') && <td>{inputOf(example, rows)}</td>}
              {isShown('reference') && <td data-name="Reference">{referenceOf(example, rows)}</td>}
              {summary.experiments.map((one) => (
                <td data-name={visibleText(one.session.name)}>
                  {answersOf(example, one, rows)}
                  {scores.of(example, one)}
                  <Comments runs={runsOf(example, one)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </WideBox>
  );
}

/** The row's own id, else its place in the dataset. */
export function rowName(
  id: string,
  runs: readonly ShownRun[],
  { places }: Pick<FoundRows, 'places'>,
): string {
  const own = runs.find(({ rowId }) => rowId !== undefined)?.rowId;
  return own ?? String(places.get(id) ?? '');
}

function inputOf(example: ShownExample, { summary, view, hrefOf }: RowsToShow): Html {
  if (view.view === 'full') return previewInputs(example, hrefOf(example.id));
  return (
    <>
      <p>{short(gistOf(example.inputs, ASKER), summary)}</p>
      {example.isDeleted && <small>The example was deleted since.</small>}
    </>
  );
}

function referenceOf(example: ShownExample, { summary, view, hrefOf }: RowsToShow): Html {
  const { referenceOutputs } = example;
  if (view.view === 'full') return preview(referenceOutputs, hrefOf(example.id));
  return <p>{short(gistOf(referenceOutputs), summary)}</p>;
}

function short(text: string, { experiments }: Summary): Html | string {
  if (text === '') return <span class="none">–</span>;
  const most = Math.max(COMPACT_AT_LEAST, Math.round(COMPACT / (experiments.length + 2)));
  const start = cut(text, most);
  return visible(start.length < text.length ? `${start}…` : start);
}

function answersOf(example: ShownExample, one: Compared, { summary, view, at }: RowsToShow): Html {
  const runs = runsOf(example, one);
  const [run] = runs;
  if (!run) {
    const isToCome = one.session.end_time === null;
    return <span class="none">{isToCome ? 'not recorded yet' : 'not run'}</span>;
  }
  if (view.view === 'full')
    return (
      <>
        {runs.map((each) => (
          <div class="answer">{outcome(each, at.run(each))}</div>
        ))}
      </>
    );
  if (run.error !== undefined) return <p class="bad">{short(run.error, summary)}</p>;
  const text = gistOf(run.outputs);
  if (view.view === 'compact') return <p>{short(text, summary)}</p>;
  return <WordDiff before={cut(before(), DIFFED)} after={cut(text, DIFFED)} />;

  /** An error has no words in common with an answer. */
  function before(): string {
    const [baseline, ...others] = summary.experiments;
    if (view.against === 'reference' || others.length === 0)
      return gistOf(example.referenceOutputs);
    const [answer] = runsOf(example, baseline);
    return !answer || answer.error !== undefined ? text : gistOf(answer.outputs);
  }
}

function runsOf({ runs }: ShownExample, { session: { id } }: Compared): ShownRun[] {
  return runs.filter(({ experimentId }) => experimentId === id);
}
