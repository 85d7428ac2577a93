import type { ExperimentHead } from './shown.js';

/** Where each page is: LangSmith's own paths, so that links from elsewhere lead here too. */
export class Addresses {
  readonly #workspace: string;

  constructor(tenantId: string) {
    this.#workspace = `/o/${encodeURIComponent(tenantId)}`;
  }

  datasets(): string {
    return `${this.#workspace}/datasets`;
  }

  dataset(datasetId: string): string {
    return `${this.datasets()}/${encodeURIComponent(datasetId)}`;
  }

  /** The table of one experiment, or of several side by side. */
  comparison(datasetId: string, experimentIds: readonly string[]): string {
    const ids = experimentIds.map(encodeURIComponent).join(',');
    return `${this.dataset(datasetId)}/compare?selectedSessions=${ids}`;
  }

  /** All of one example, with what experiments answered to it. */
  example(datasetId: string, exampleId: string): string {
    return `${this.dataset(datasetId)}/e/${encodeURIComponent(exampleId)}`;
  }

  /** Where a form sends which experiment is the baseline. */
  baseline(datasetId: string): string {
    return `${this.dataset(datasetId)}/baseline`;
  }

  queues(): string {
    return `${this.#workspace}/annotation-queues`;
  }

  queue(id: string): string {
    return `${this.queues()}/${encodeURIComponent(id)}`;
  }

  projects(): string {
    return `${this.#workspace}/projects`;
  }

  project(id: string): string {
    return `${this.projects()}/p/${encodeURIComponent(id)}`;
  }

  run(run: { readonly id: string; readonly experimentId: string }): string {
    return `${this.project(run.experimentId)}/r/${encodeURIComponent(run.id)}`;
  }

  /** The table of an experiment; of a project without a dataset, its runs. */
  experiment({ id, datasetId }: ExperimentHead): string {
    return datasetId === undefined ? this.project(id) : this.comparison(datasetId, [id]);
  }
}
