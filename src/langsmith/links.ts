import type { Endpoint } from './endpoint.js';
import { pathTo } from './path-to.js';

/** What a link needs to know of a dataset or an experiment. */
interface OfWorkspace {
  readonly tenantId: string;
}

/** The pages where a person looks at what was recorded, in LangSmith's own URL forms. */
export class Links {
  readonly #pages: string;

  constructor(endpoint: Pick<Endpoint, 'pages'>) {
    this.#pages = endpoint.pages;
  }

  dataset(dataset: OfWorkspace & { readonly id: string }): string {
    return this.#pages + pathTo`/o/${dataset.tenantId}/datasets/${dataset.id}`;
  }

  /** Where people review the runs of an annotation queue. */
  queue(queue: OfWorkspace & { readonly id: string }): string {
    return this.#pages + pathTo`/o/${queue.tenantId}/annotation-queues/${queue.id}`;
  }

  run(experiment: OfWorkspace & { readonly id: string }, runId: string): string {
    const { id, tenantId } = experiment;
    return this.#pages + pathTo`/o/${tenantId}/projects/p/${id}/r/${runId}`;
  }

  /** The pages of experiments of one dataset, joined into one. */
  together(urls: readonly string[]): string {
    const [first = '', ...others] = urls;
    const ids = others.map((url) => url.slice(url.lastIndexOf('=') + 1));
    return [first, ...ids].join(',');
  }

  /** The table of one experiment, or of several side by side. */
  experiments(
    datasetId: string,
    experiments: readonly (OfWorkspace & { readonly id: string })[],
  ): string {
    const tenantId = experiments[0]?.tenantId ?? '';
    const ids = experiments.map(({ id }) => encodeURIComponent(id)).join(',');
    return `${this.dataset({ tenantId, id: datasetId })}/compare?selectedSessions=${ids}`;
  }
}
