import type { JsonValue } from '../../../json/value.js';
import { objectAt, textAt } from '../../format-kit/members.js';
import { baseName } from '../../format-kit/model.js';
import type { ResultsFile } from '../format.js';

/** What a file of details does not say itself. */
export interface LightevalRun {
  readonly model: string | undefined;
  /** Scores of each task. */
  readonly results: JsonValue | undefined;
}

const TIME = /\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:\.\d+)?/;
/** `details/<model>/<time>/details_<task>_<time>.parquet`; a model's name may have a slash. */
const FOLDERS = /(?:^|[\\/])details[\\/](.+)[\\/]\d{4}-\d\d-\d\dT[^\\/]*[\\/][^\\/]+$/;

/** Reads the results of the same run, if they were put beside the details; else the path, which names the model. */
export async function findRun({ name, beside }: ResultsFile): Promise<LightevalRun> {
  const [time] = TIME.exec(baseName(name)) ?? [];
  const found = await beside(/^results_.*\.json$/);
  const same = time === undefined ? found : found.filter((one) => one.name.includes(time));
  const value = same.length === 1 ? same[0]?.value : undefined;
  const config = objectAt(value, 'config_general');
  const [, folders] = FOLDERS.exec(name) ?? [];
  return {
    model:
      textAt(objectAt(config, 'model_config'), 'model_name') ??
      textAt(config, 'model_name') ??
      folders?.replaceAll('\\', '/'),
    results: objectAt(value, 'results'),
  };
}
