import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { Empty, Heading, Layout, PageLinks, Scroll, Section } from '../layout.js';
import { readPage } from '../paging.js';
import { experimentFigures } from '../parts/experiment-figures.js';
import { count, seconds } from '../parts/figures.js';
import { outcome } from '../parts/outcome.js';
import { preview, previewInputs, whole } from '../parts/payload.js';
import { recordCommand } from '../parts/record-command.js';
import { scoreKeys, scoresOf } from '../parts/scores.js';
import { visible, visibleText } from '../parts/visible.js';
import type { PageReads } from '../reads.js';
import type { ShownDataset, ShownExample, ShownExperiment, ShownRun } from '../shown.js';

/** One experiment: each example with what the app answered to it. */
export function experimentPage(
  reads: PageReads,
  at: Addresses,
  {
    dataset,
    experiment,
    url,
  }: { readonly dataset: ShownDataset; readonly experiment: ShownExperiment; readonly url: URL },
): Html {
  const page = readPage(url, (slice) => reads.listAnswers([experiment.id], slice));
  const keys = scoreKeys([experiment]);

  return (
    <Layout
      title={`${experiment.name} · ${dataset.name}`}
      crumbs={[
        { text: 'Datasets', href: at.datasets() },
        { text: dataset.name, href: at.dataset(dataset.id) },
      ]}
    >
      <Heading kind="Experiment" name={experiment.name} about={experiment.description} />
      {experimentFigures(experiment)}
      {page.rows.length > 0 || page.offset > 0 ? (
        table(page.rows)
      ) : (
        <Empty
          words="This experiment has no runs yet. If its recording was stopped, the same command goes on:"
          command={recordCommand(dataset.name)}
        />
      )}
      <PageLinks url={url} page={page} />
      <p class="about">
        <a href={at.project(experiment.id)}>All its runs</a>, in the order of their start
      </p>
      {Object.keys(experiment.metadata).length > 0 && (
        <Section title="Metadata">{whole(experiment.metadata)}</Section>
      )}
    </Layout>
  );

  function table(examples: readonly ShownExample[]): Html {
    return (
      <Scroll label="Rows">
        <table>
          <thead>
            <tr>
              <th scope="col">#</th>
              <th scope="col">Inputs</th>
              <th scope="col">Reference outputs</th>
              <th scope="col">Outputs</th>
              {[...keys.map(visible), 'Latency', 'Tokens'].map((name) => (
                <th scope="col" class="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {examples.map((example, place) =>
              example.runs.map((run, repetition) =>
                row(example, run, { number: page.offset + place + 1, repetition: repetition + 1 }),
              ),
            )}
          </tbody>
        </table>
      </Scroll>
    );
  }

  function row(
    example: ShownExample,
    run: ShownRun,
    { number, repetition }: { readonly number: number; readonly repetition: number },
  ): Html {
    const among = example.runs.length;
    const name = run.rowId ?? String(number);
    return (
      <tr>
        <td class="place">
          <a href={at.run(run)} aria-label={`Run of row ${visibleText(name)}`} dir="auto">
            {visible(name)}
          </a>
          {among > 1 && (
            <small>
              {repetition} of {among}
            </small>
          )}
        </td>
        <td class="wide">{previewInputs(example, at.run(run))}</td>
        <td class="wide">{preview(example.referenceOutputs, at.run(run))}</td>
        <td class="wide">{outcome(run, at.run(run))}</td>
        {keys.map((key) => (
          <td class="number">{scoresOf(run, key)}</td>
        ))}
        <td class="number">{seconds(run.latency)}</td>
        <td class="number">{count(run.totalTokens)}</td>
      </tr>
    );
  }
}
