import { readFileSync } from 'node:fs';
import { parseJson } from '../../src/json/parse.js';
import type { JsonObject } from '../../src/json/value.js';
import type { RecordOptions } from '../../src/recorder/record-options.js';
import type { RecogniseOptions } from '../../src/results/recognised.js';
import { spoolFolder } from './rows.js';

const DATASET = '00000000-0000-4000-8000-000000000001';
const START_MS = 1_790_000_000_000;

/** What decides on ids, from the sources or from a built program. */
export async function modulesIn(folder: string, end = '.js') {
  const at = (path: string) => import(/* @vite-ignore */ `${folder}/${path}${end}`);
  const [open, recognise, prepare, naming, experiment, ids, formats] = await Promise.all([
    at('input/open') as Promise<typeof import('../../src/input/open.js')>,
    at('results/recognise') as Promise<typeof import('../../src/results/recognise.js')>,
    at('prepare/prepare') as Promise<typeof import('../../src/prepare/prepare.js')>,
    at('recorder/naming') as Promise<typeof import('../../src/recorder/naming.js')>,
    at('recorder/experiment') as Promise<typeof import('../../src/recorder/experiment.js')>,
    at('recorder/ids') as Promise<typeof import('../../src/recorder/ids.js')>,
    at('results/formats/all') as Promise<typeof import('../../src/results/formats/all.js')>,
  ]);
  return { ...open, ...recognise, ...prepare, ...naming, ...experiment, ...ids, ...formats };
}

export type Modules = Awaited<ReturnType<typeof modulesIn>>;

/** A command, as far as ids depend on it. */
export interface Command {
  readonly files: readonly string[];
  readonly reading?: RecogniseOptions;
  readonly options?: Partial<RecordOptions>;
  /** The path of a file of requests. */
  readonly join?: string;
}

export interface IdentityOfExperiment {
  readonly experiment: string;
  readonly name: string;
  readonly firstRun: string;
}

/** The ids that a command gives its experiments, by what the files call them. */
export async function identitiesOf(
  { files, reading = {}, options = {}, join }: Command,
  modules: Modules,
): Promise<{ format: string; experiments: Record<string, IdentityOfExperiment> }> {
  const opened = await modules.openSources(files, { spoolFolder });
  const joined = join === undefined ? undefined : readRequests(join);
  const sources = [];
  for (const one of opened)
    sources.push(await modules.recognise(one, joined ? { ...reading, joined } : reading));
  const { each, only } = options;
  const prepared = await modules.prepare(sources, { each, only });
  const experiments: Record<string, IdentityOfExperiment> = {};
  for (const one of prepared.experiments) {
    const name = modules.experimentName(one, { dataset: 'a dataset', ...options });
    const experiment = modules.experimentId({
      dataset: DATASET,
      name,
      sources: one.sources,
      options: modules.sentOptions(options as RecordOptions),
      generation: 0,
    });
    const source = modules.sourceId(one.sources);
    const runs = new modules.RunIds(experiment, START_MS, options.shard ?? '', source);
    const key = experiments[one.label] ? `${one.label} again` : one.label;
    experiments[key] = { experiment, name, firstRun: runs.id(0, '') };
  }
  return { format: sources.map(({ format }) => format).join(', '), experiments };
}

function readRequests(path: string): Map<string, JsonObject> {
  const records = readFileSync(path, 'utf8').trim().split('\n');
  const parsed = records.map((line) => parseJson(line) as JsonObject);
  return new Map(parsed.map((record) => [String(record.custom_id), record]));
}
