import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LsRecordError } from '../../errors.js';
import type { Category } from '../../experiments/subject.js';
import type { Compared } from '../../experiments/texts.js';
import type { Experiment } from '../../langsmith/wire.js';
import type { Connection } from '../access/connect.js';
import type { CommonOptions } from '../common-options.js';
import type { Context } from '../context.js';
import type { ReadingOptions } from '../recording/reading-options.js';
import { tellAmounts } from '../screen/progress.js';
import type { Terminal, Update } from '../screen/terminal.js';
import { count } from '../screen/words.js';
import type { Target } from './targets.js';

/** Something that is compared, with where it came from. */
export interface OpenedSide extends Compared {
  /** Undefined of a file. */
  readonly experiment: Experiment | undefined;
}

interface SidesToRead {
  readonly targets: readonly Target[];
  readonly datasetId: string | undefined;
  /** Undefined where only files are compared. */
  readonly connection: Connection | undefined;
  /** Words that count as scores, or that a condition asks for. */
  readonly asked: readonly Category[];
  /** Read what rows' metadata says, too. */
  readonly metadata: boolean;
  readonly options: ReadingOptions & CommonOptions;
  readonly context: Context;
  readonly terminal: Terminal;
}

export interface OpenedSides {
  /** In the order of the targets; a file can hold several. */
  readonly sides: readonly OpenedSide[];
  /** Removes what is kept of files. */
  close(): Promise<void>;
}

/**
 * Reads what experiments and files came to.
 *
 * @throws {LsRecordError} where a file cannot be read, or none of its rows.
 */
export async function openSides(reading: SidesToRead, update: Update): Promise<OpenedSides> {
  const folder = await mkdtemp(join(tmpdir(), 'ls-record-'));
  const close = () => rm(folder, { recursive: true, force: true });
  try {
    const experiments = await readExperiments(reading, update);
    const answered = new Set<string>();
    for (const { subject } of experiments.values())
      for (const id of subject.rows.keys()) answered.add(id);
    const sides: OpenedSide[] = [];
    for (const target of reading.targets) {
      if (target.kind === 'file') {
        update(`Reading ${target.path}`);
        const own = await mkdtemp(join(folder, 'file-'));
        for (const side of await readFile(target.path, answered, own, reading)) sides.push(side);
      } else {
        const side = experiments.get(target.experiment.id);
        if (side) sides.push(side);
      }
    }
    return { sides, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function readExperiments(
  { targets, datasetId, connection, context, asked, metadata }: SidesToRead,
  update: Update,
): Promise<Map<string, OpenedSide>> {
  const experiments = targets.flatMap((target) =>
    target.kind === 'experiment' ? [target.experiment] : [],
  );
  if (!connection || datasetId === undefined || experiments.length === 0) return new Map();
  const [{ readSubjects }, { textsOf }] = await Promise.all([
    import('../../experiments/read-subjects.js'),
    import('../../experiments/texts.js'),
  ]);
  const { client } = connection;
  const totalRows = experiments.reduce((sum, { runCount = 0 }) => sum + runCount, 0);
  const tell = tellAmounts(update, 'Reading scores');
  const subjects = await readSubjects({
    client,
    datasetId,
    experiments,
    asked,
    metadata,
    signal: context.signal,
    onProgress: (rows) => tell({ rows, totalRows, retries: client.retries }),
  });
  return new Map(
    subjects.map((subject, at) => {
      const experiment = experiments[at] as Experiment;
      return [subject.id, { subject, experiment, texts: textsOf(client, datasetId, experiment) }];
    }),
  );
}

async function readFile(
  path: string,
  answered: ReadonlySet<string>,
  folder: string,
  reading: SidesToRead,
): Promise<OpenedSide[]> {
  const { datasetId, asked, options, context, terminal } = reading;
  const [{ openReadable }, { readFileSubjects }] = await Promise.all([
    import('../recording/reading-options.js'),
    import('../../experiments/file-subjects.js'),
  ]);
  const sources = await openReadable([path], options, context);
  try {
    const { subjects, survey } = await readFileSubjects({
      sources,
      name: path === '-' ? 'stdin' : path,
      dataset: datasetId === undefined ? undefined : { id: datasetId, answered },
      folder,
      asked,
      signal: context.signal,
    });
    if (survey.badRows > 0)
      terminal.warn(
        `${path}: ${count(survey.badRows, 'row')} cannot be read and count as missing: ls-record validate ${path}`,
      );
    if (subjects.length === 0)
      throw new LsRecordError('RESULT_INVALID', `${path}: no rows to compare`, {
        hint: `See what is in it: ls-record validate ${path}.`,
      });
    return subjects.map((side) => ({ ...side, experiment: undefined }));
  } finally {
    for (const source of sources) await source.close?.();
  }
}
