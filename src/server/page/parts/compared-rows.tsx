import { ASKER, gistOf } from '../../../experiments/gist.js';
import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import type { View } from '../query.js';
import type { Compared, Summary } from '../reads/comparisons.js';
import type { FoundRows } from '../reads/rows.js';
import type { ShownExample, ShownRun } from '../shown.js';
import { cut } from './cut.js';
import { WordDiff } from './diff.js';
import { outcome } from './outcome.js';
import { preview, previewInputs } from './payload.js';
import { Comments, ScoreMarks } from './score-marks.js';
import { Dot, WideBox } from './strip.js';
import { visible, visibleText } from './visible.js';

/** Characters of the texts of a compact row together: about three lines of each column. */
const COMPACT = 480;
const COMPACT_AT_LEAST = 50;

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
  const scores = experiments.flatMap(({ subject: { scores, categories } }) => [
    ...scores.keys(),
    ...categories.keys(),
  ]);
  const measures = experiments.flatMap(({ subject }) => [...subject.measures.keys()]);
  return [...new Set(['input', 'reference', ...[...new Set(scores)].sort(), ...new Set(measures)])];
}

/** Tokens and cost only where they are asked for: the summary has them. */
export function isColumnShown({ cols }: View, name: string): boolean {
  return cols === undefined ? name !== 'tokens' && name !== 'cost' : cols.includes(name);
}

/** Examples with what each experiment answered, and its scores against the baseline's. */
export function ComparedRows({
  rows,
  examples,
}: {
  readonly rows: RowsToShow;
  readonly examples: readonly ShownExample[];
}): Html {
  const { summary, view } = rows;
  const isShown = (name: string) => isColumnShown(view, name);
  const scores = new ScoreMarks(summary.experiments, isShown);
  return (
    <WideBox label="Rows" experiments={summary.experiments.length}>
      <table class={`rows ${view.view}`}>
        <thead>
          <tr>
            <th scope="col">#</th>
            {isShown('input') && <th scope="col">Input</th>}
            {isShown('reference') && <th scope="col">Reference</th>}
            {summary.experiments.map(({ session: { name } }, at) => (
              <th scope="col" dir="auto">
                <Dot at={at} />
                {visible(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {examples.map((example) => (
            <tr id={`e-${example.id}`}>
              <th scope="row">{placeOf(example, rows)}</th>
              {isShown('input') && <td>{inputOf(example, rows)}</td>}
              {isShown('reference') && <td>{referenceOf(example, rows)}</td>}
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

/** The row's own id, or its place in the dataset; it leads to all of the row. */
function placeOf(example: ShownExample, rows: RowsToShow): Html {
  return (
    <a href={rows.hrefOf(example.id)}>{visible(rowName(example.id, example.runs, rows.found))}</a>
  );
}

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
  const text = run.error ?? gistOf(run.outputs);
  if (view.view === 'compact')
    return <p class={run.error === undefined ? undefined : 'bad'}>{short(text, summary)}</p>;
  const [baseline] = summary.experiments;
  const before =
    view.against === 'reference'
      ? gistOf(example.referenceOutputs)
      : baseline === one
        ? text
        : wordsOf(runsOf(example, baseline)[0]);
  return <WordDiff before={cut(before, DIFFED)} after={cut(text, DIFFED)} />;
}

function runsOf({ runs }: ShownExample, { session: { id } }: Compared): ShownRun[] {
  return runs.filter(({ experimentId }) => experimentId === id);
}

function wordsOf(run: ShownRun | undefined): string {
  return run?.error ?? gistOf(run?.outputs ?? null);
}
