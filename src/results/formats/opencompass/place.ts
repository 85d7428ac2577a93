import type { JsonObject } from '../../../json/value.js';
import { labelExperiment } from '../../format-kit/experiment-names.js';
import { nameRepository } from '../../format-kit/model.js';

const PATH =
  /(?:^|[\\/])(?:predictions|results)[\\/]([^\\/]+)[\\/]([^\\/]+?)\.jsonl?(?:\.gz|\.zst)?$/;

/** What a path tells of the model and the dataset: no file names them. */
export interface Place {
  readonly assumptions: readonly string[];
  readonly experiment: { readonly experiment?: string };
  readonly metadata: JsonObject;
}

/** Reads the path of a file: `predictions/<model>/<dataset>.json`. */
export function placeIn(path: string): Place {
  const [, model, dataset] = PATH.exec(path) ?? [];
  if (model === undefined || dataset === undefined)
    return { assumptions: [], experiment: {}, metadata: {} };
  return {
    assumptions: [`the model and the dataset are those of the path: ${model}, ${dataset}`],
    experiment: { experiment: labelExperiment(model, dataset) },
    metadata: { ...nameRepository(model), dataset },
  };
}
