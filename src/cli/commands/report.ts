import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Argument, Option } from 'commander';
import { LsRecordError } from '../../errors.js';
import type { Printable } from '../../json/print.js';
import type { LangSmith } from '../../langsmith/client.js';
import { declare, type Session } from '../command.js';
import { type CommonOptions, forceOption } from '../common-options.js';
import { findNamedExperiment } from '../datasets/named-experiment.js';
import { outputPath, writeFile } from '../screen/output-file.js';

interface ReportOptions {
  readonly dataset?: string;
  readonly output?: string;
  readonly where?: string;
  readonly force?: boolean;
}

const DATASET = 'report';

export const command = declare<ReportOptions, [string[]]>({
  details:
    'Summary and whole rows, with nothing to load: it opens offline, prints, and can be sent on. The first is the baseline.',
  arguments: [
    new Argument('<experiments...>', 'names, IDs, URLs, DATASET@latest, or results files'),
  ],
  options: [
    new Option('-o, --output <file>', 'the file').default('report.html'),
    new Option('-d, --dataset <name>', 'dataset of @latest'),
    new Option('--where <condition>', 'only rows for which it holds: score.correct<1'),
    forceOption,
  ],
  examples: [
    'report nightly -o nightly.html',
    'report before after -o change.html',
    'report before.jsonl after.jsonl --where "score.correct<1"',
  ],
  async run(session, [typed], options) {
    const { context, terminal, answer } = session;
    // Before anything is read: what cannot be done is said at once.
    if (options.where !== undefined)
      (await import('../../experiments/where.js')).parseWhere(options.where);
    const path = outputPath(options, context) ?? resolve(context.workingFolder, 'report.html');
    const page = await terminal.spin('Reading', () => render(session, typed, options));
    const { signal } = context;
    await writeFile(path, [page], { force: options.force, signal, isPrivate: true });
    answer({ report: path, experiments: typed.length }, () => terminal.answer(path));
  },
});

/** Copies what is reported into a home of its own, whose page it is then: files and all servers look alike there. */
async function render(
  session: Session,
  typed: readonly string[],
  options: ReportOptions & CommonOptions,
): Promise<string> {
  const { openHome } = await import('../../open-home.js');
  const home = await openHome();
  try {
    const ids: string[] = [];
    for (const one of typed)
      for (const id of await copy(one, session, options, home.client)) ids.push(id);
    const dataset = await home.client.findDataset(DATASET);
    if (!dataset) throw new LsRecordError('USAGE', 'there are no rows to report');
    const query = new URLSearchParams({ as: 'report', selectedSessions: ids.join(',') });
    const [baseline] = ids;
    if (baseline !== undefined) query.set('baseline', baseline);
    if (options.where !== undefined) query.set('q', options.where);
    const address = `${home.url}/o/${dataset.tenantId}/datasets/${dataset.id}/compare?${query}`;
    const response = await fetch(address, { headers: { 'x-api-key': home.key } });
    return await response.text();
  } finally {
    await home.close();
  }
}

/** @returns the ids of the copies: several where a file holds several experiments. */
async function copy(
  typed: string,
  session: Session,
  options: ReportOptions & CommonOptions,
  home: LangSmith,
): Promise<string[]> {
  const { record } = await import('../../library.js');
  const { context } = session;
  const path = resolve(context.workingFolder, typed);
  const isFile = existsSync(path);
  const { name, rows } = isFile
    ? { name: undefined, rows: path }
    : await pulled(typed, session, options);
  const recordings = await record(rows, {
    client: home,
    dataset: DATASET,
    experiment: name,
    isHome: true,
    keepTimes: true,
    verify: 'off',
    new: true,
    signal: context.signal,
  });
  return recordings.map(({ experiment }) => experiment.id);
}

async function pulled(
  typed: string,
  { connect, context }: Session,
  { dataset }: ReportOptions,
): Promise<{ name: string; rows: AsyncIterable<Printable> }> {
  const { client } = await connect();
  const experiment = await findNamedExperiment(client, typed, { dataset });
  const { pullRows } = await import('../../experiments/pull.js');
  const { datasetId } = experiment;
  const { signal } = context;
  const rows = pullRows({
    client,
    datasetId,
    experiment,
    signal,
    exampleIds: false,
    inOrder: true,
  });
  return { name: experiment.name, rows };
}
