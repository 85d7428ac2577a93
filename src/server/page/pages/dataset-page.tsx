import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { Empty, Heading, Layout, PageLinks, Scroll } from '../layout.js';
import { readPage } from '../paging.js';
import { count, counted, errorShare, mean, moment, seconds } from '../parts/figures.js';
import { recordCommand } from '../parts/record-command.js';
import { scoreKeys } from '../parts/scores.js';
import { visible, visibleText } from '../parts/visible.js';
import type { PageReads } from '../reads.js';
import type { ShownDataset, ShownExperiment } from '../shown.js';

/** A dataset's experiments, with what came out of each. */
export function datasetPage(
  reads: PageReads,
  at: Addresses,
  { dataset, url }: { readonly dataset: ShownDataset; readonly url: URL },
): Html {
  const page = readPage(url, (slice) => reads.listExperiments(dataset.id, slice));
  return (
    <Layout title={dataset.name} crumbs={[{ text: 'Datasets', href: at.datasets() }]}>
      <Heading
        kind={`Dataset of ${counted(dataset.exampleCount, 'example')}`}
        name={dataset.name}
        about={dataset.description}
      />
      {page.rows.length > 0 || page.offset > 0 ? (
        experimentTable(page.rows, at, dataset.id)
      ) : (
        <Empty
          words="This dataset has no experiment yet. Record one:"
          command={recordCommand(dataset.name)}
        />
      )}
      <PageLinks url={url} page={page} />
    </Layout>
  );
}

function experimentTable(
  experiments: readonly ShownExperiment[],
  at: Addresses,
  datasetId: string,
): Html {
  const keys = scoreKeys(experiments);
  const isChoice = experiments.length > 1;
  return (
    <form action={at.comparisonForm(datasetId)} method="get">
      <Scroll label="Experiments">
        <table>
          <thead>
            <tr>
              {isChoice && <td class="pick" />}
              <th scope="col">Experiment</th>
              {[...keys.map(visible), 'Runs', 'Errors', 'Latency, median', 'Tokens'].map((name) => (
                <th scope="col" class="number">
                  {name}
                </th>
              ))}
              <th scope="col">Started</th>
            </tr>
          </thead>
          <tbody>{experiments.map(row)}</tbody>
        </table>
      </Scroll>
      {isChoice && <button type="submit">Compare selected</button>}
    </form>
  );

  function row(experiment: ShownExperiment): Html {
    return (
      <tr>
        {isChoice && (
          <td class="pick">
            <input
              type="checkbox"
              name="selectedSessions"
              value={experiment.id}
              aria-label={`Compare ${visibleText(experiment.name)}`}
            />
          </td>
        )}
        <th scope="row" class="name">
          <a href={at.experiment(experiment)} dir="auto">
            {visible(experiment.name)}
          </a>
        </th>
        {keys.map((key) => (
          <td class="number">{mean(experiment.scores.get(key)?.mean)}</td>
        ))}
        <td class="number">{count(experiment.runCount)}</td>
        <td class="number">{errorShare(experiment.errorRate)}</td>
        <td class="number">{seconds(experiment.latencyP50)}</td>
        <td class="number">{count(experiment.totalTokens)}</td>
        <td class="when">{moment(experiment.startTime)}</td>
      </tr>
    );
  }
}
