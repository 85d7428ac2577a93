import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { Heading, Layout, PageLinks, Scroll } from '../layout.js';
import { readPage } from '../paging.js';
import { counted, errorShare, seconds } from '../parts/figures.js';
import { outcome } from '../parts/outcome.js';
import { preview, previewInputs } from '../parts/payload.js';
import { meanAgainst, scoreKeys, scoresOf } from '../parts/scores.js';
import { visible } from '../parts/visible.js';
import type { PageReads } from '../reads.js';
import type { ShownDataset, ShownExample, ShownExperiment, ShownRun } from '../shown.js';

/** Several experiments side by side on the same examples; the first is the baseline. */
export function comparisonPage(
  reads: PageReads,
  at: Addresses,
  {
    dataset,
    experiments,
    omitted,
    url,
  }: {
    readonly dataset: ShownDataset;
    readonly experiments: readonly ShownExperiment[];
    /** How many were asked for and are not shown. */
    readonly omitted: number;
    readonly url: URL;
  },
): Html {
  const ids = experiments.map(({ id }) => id);
  const page = readPage(url, (slice) => reads.listAnswers(ids, slice));
  const keys = scoreKeys(experiments);

  const title = `${counted(experiments.length, 'experiment')} on ${dataset.name}`;
  const remark =
    omitted > 0
      ? ` ${counted(omitted, 'more was', 'more were')} asked for: not on this dataset, or too many for one page.`
      : '';

  return (
    <Layout
      title={title}
      crumbs={[
        { text: 'Datasets', href: at.datasets() },
        { text: dataset.name, href: at.dataset(dataset.id) },
      ]}
    >
      <Heading
        kind="Comparison"
        name={title}
        about={`Differences are to the first experiment.${remark}`}
      />
      <Scroll label="Rows">
        <table>
          <thead>
            <tr>
              <th scope="col">#</th>
              <th scope="col">Inputs</th>
              <th scope="col">Reference outputs</th>
              {experiments.map((experiment) => (
                <th scope="col">{head(experiment)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {page.rows.map((example, place) => (
              <tr>
                <td class="place" dir="auto">
                  {visible(nameOf(example) ?? String(page.offset + place + 1))}
                </td>
                <td class="wide">{previewInputs(example)}</td>
                <td class="wide">{preview(example.referenceOutputs)}</td>
                {ids.map((id) => (
                  <td class="wide">{answers(example, id)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <PageLinks url={url} page={page} />
    </Layout>
  );

  function head(experiment: ShownExperiment): Html {
    const baseline = experiments[0];
    return (
      <>
        <a href={at.experiment(experiment)} dir="auto">
          {visible(experiment.name)}
        </a>
        <dl class="means">
          {keys.map((key) => (
            <>
              <dt>{visible(key)}</dt>
              <dd>{meanAgainst(experiment.scores.get(key), baseline?.scores.get(key))}</dd>
            </>
          ))}
          <dt>Errors</dt>
          <dd>{errorShare(experiment.errorRate)}</dd>
          <dt>Latency, median</dt>
          <dd>{seconds(experiment.latencyP50)}</dd>
        </dl>
      </>
    );
  }

  function nameOf(example: ShownExample): string | undefined {
    return example.runs.find(({ rowId }) => rowId !== undefined)?.rowId;
  }

  function answers(example: ShownExample, experimentId: string): Html | readonly Html[] {
    const runs = example.runs.filter((run) => run.experimentId === experimentId);
    if (runs.length === 0) return <span class="none">no run</span>;
    return runs.map((run) => <div class="answer">{answer(run)}</div>);
  }

  function answer(run: ShownRun): Html {
    const given = keys.filter((key) => run.feedback.some((feedback) => feedback.key === key));
    return (
      <>
        {outcome(run, at.run(run))}
        <div class="marks">
          {given.map((key) => (
            <span>
              <span class="muted">{visible(key)}</span> {scoresOf(run, key)}
            </span>
          ))}
          <span class="muted">{seconds(run.latency)}</span>
          {run.totalTokens !== undefined && (
            <span class="muted">{counted(run.totalTokens, 'token')}</span>
          )}
          <a href={at.run(run)}>run</a>
        </div>
      </>
    );
  }
}
