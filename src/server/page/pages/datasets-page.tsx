import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { Empty, Heading, Layout, PageLinks, Scroll } from '../layout.js';
import { readPage } from '../paging.js';
import { count, moment } from '../parts/figures.js';
import { recordCommand } from '../parts/record-command.js';
import { visible } from '../parts/visible.js';
import type { PageReads } from '../reads.js';
import type { ShownDataset } from '../shown.js';

/** The first page: all datasets, and the projects that SDKs traced to. */
export function datasetsPage(reads: PageReads, at: Addresses, url: URL): Html {
  const page = readPage(url, (slice) => reads.listDatasets(slice));
  return (
    <Layout title="Datasets" crumbs={[]}>
      <Heading kind="Recorded on this machine" name="Datasets" />
      {page.rows.length > 0 || page.offset > 0 ? (
        table(page.rows, at)
      ) : (
        <Empty
          words="Nothing was recorded here yet. Record a file of eval results:"
          command={recordCommand('capitals')}
        />
      )}
      <PageLinks url={url} page={page} />
      {reads.hasProjects() && (
        <p class="about">
          <a href={at.projects()}>Projects without a dataset</a>, where SDKs put their traces.
        </p>
      )}
    </Layout>
  );
}

function table(datasets: readonly ShownDataset[], at: Addresses): Html {
  return (
    <Scroll label="Datasets">
      <table>
        <thead>
          <tr>
            <th scope="col">Dataset</th>
            <th scope="col" class="number">
              Examples
            </th>
            <th scope="col" class="number">
              Experiments
            </th>
            <th scope="col">Last experiment</th>
            <th scope="col">Created</th>
          </tr>
        </thead>
        <tbody>
          {datasets.map((dataset) => (
            <tr>
              <th scope="row" class="name">
                <a href={at.dataset(dataset.id)} dir="auto">
                  {visible(dataset.name)}
                </a>
              </th>
              <td class="number">{count(dataset.exampleCount)}</td>
              <td class="number">{count(dataset.experimentCount)}</td>
              <td class="when">{moment(dataset.lastExperimentAt)}</td>
              <td class="when">{moment(dataset.createdAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
