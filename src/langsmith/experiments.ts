import type { JsonObject } from '../json/value.js';
import { Datasets } from './datasets.js';
import { pathTo } from './path-to.js';
import * as wire from './wire.js';

/** Names go from A to Z, starts from the latest, the means of a score from the highest. */
export type ExperimentOrder = 'name' | 'start' | { readonly score: string };

/** Experiments: sets of runs, each of which answers an example of one dataset. On the wire it is a "session". */
export class Experiments extends Datasets {
  /** Finds an experiment by id, or by exact name. */
  findExperiment(nameOrId: string): Promise<wire.Experiment | undefined> {
    return this.findNamed('/sessions', nameOrId, wire.experiment);
  }

  /** An experiment with its counts and score means, or undefined. */
  experimentStats(id: string): Promise<wire.Experiment | undefined> {
    return this.find(pathTo`/sessions/${id}?include_stats=true`, wire.experiment);
  }

  /** A dataset's experiments with their scores, newest first by default. */
  listExperiments(
    datasetId: string,
    options: {
      nameContains?: string;
      sortBy?: ExperimentOrder;
      limit?: number;
      /** False: without scores and counts, which servers take time to add up. */
      stats?: boolean;
    } = {},
  ): AsyncGenerator<wire.Experiment> {
    const { nameContains, sortBy = 'start', stats = true, limit } = options;
    const column = sortBy === 'name' ? 'name' : 'start_time';
    const query = {
      reference_dataset: datasetId,
      include_stats: String(stats),
      sort_by_desc: String(sortBy !== 'name'),
      ...(typeof sortBy === 'object'
        ? { sort_by: 'feedback', sort_by_feedback_key: sortBy.score }
        : { sort_by: column }),
      ...(nameContains && { name_contains: nameContains }),
    };
    return this.list('/sessions', query, wire.experiment, limit);
  }

  /** The experiments of all datasets with their counts, newest first. */
  listAllExperiments(
    options: { nameContains?: string; stats?: boolean } = {},
  ): AsyncGenerator<wire.Experiment> {
    const { nameContains, stats = true } = options;
    const query = {
      reference_free: 'false',
      ...(nameContains !== undefined && { name_contains: nameContains }),
      include_stats: String(stats),
      sort_by: 'start_time',
      sort_by_desc: 'true',
    };
    return this.list('/sessions', query, wire.experiment);
  }

  /** @throws {ApiRefusal} 409 if the name or the id is taken. */
  createExperiment(experiment: {
    id: string;
    name: string;
    datasetId: string;
    startTime: string;
    metadata: JsonObject;
    description?: string;
    exampleCount?: number;
  }): Promise<wire.Experiment> {
    const { id, name, datasetId, startTime, metadata, description, exampleCount } = experiment;
    const body = {
      id,
      name,
      reference_dataset_id: datasetId,
      start_time: startTime,
      description,
      num_examples: exampleCount,
      extra: { metadata },
    };
    return this.post('/sessions?upsert=false', body, wire.experiment);
  }

  /** Changes an experiment. `extra` is replaced as a whole: send what was read, and what is new. */
  updateExperiment(
    id: string,
    { endTime, extra }: { endTime?: string; extra?: JsonObject },
  ): Promise<wire.Experiment> {
    return this.patch(pathTo`/sessions/${id}`, { end_time: endTime, extra }, wire.experiment);
  }

  /** Deletes an experiment with its runs; on LangSmith it may still be seen for a while. */
  deleteExperiment(id: string): Promise<void> {
    return this.delete(pathTo`/sessions/${id}`);
  }
}
