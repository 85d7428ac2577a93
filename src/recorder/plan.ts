import { LsRecordError } from '../errors.js';
import { ApiRefusal } from '../langsmith/refusals.js';
import { isoTime } from '../langsmith/time.js';
import type { Experiment } from '../langsmith/wire.js';
import type { ExperimentRows } from '../prepare/prepare.js';
import type { Part, PreparedExperiment } from '../prepare/prepared.js';
import { uuidText } from '../uuid.js';
import { chunksOf } from './batches.js';
import { type ExperimentTarget, findTarget, howToScore } from './experiment.js';
import type { Journal } from './journal/journal.js';
import { experimentName } from './naming.js';
import type { DatasetTarget, Work } from './preparation.js';
import type { RecordOptions } from './record-options.js';
import type { Recording } from './recording.js';
import { findSameRows } from './same-rows.js';

const ASK = 100;
const EXAMPLES_A_REQUEST = 500;
/** Dataset, experiment, closing and reading back. */
const OTHER_REQUESTS = 8;

/** What will be recorded, and where. */
export interface Plan {
  readonly experiment: ExperimentRows;
  readonly dataset: DatasetTarget;
  readonly target: ExperimentTarget;
  /** Finds the target again, after a conflict. */
  readonly findAgain: (firstGeneration: number) => Promise<ExperimentTarget>;
}

/** Decides what becomes of an experiment's rows. Reads from the server, and writes nothing. */
async function makePlan(
  experiment: ExperimentRows,
  dataset: DatasetTarget,
  options: RecordOptions,
  journal: Journal | undefined,
  namesake?: Promise<Experiment | undefined>,
): Promise<Plan> {
  const { client } = options;
  const name = experimentName(experiment, options);
  const naming = {
    datasetId: dataset.id,
    isNewDataset: dataset.found === undefined,
    name,
    isNameGiven: options.experiment !== undefined,
    sources: experiment.sources,
    copiedId: experiment.copyOf?.id,
    namesake: name === options.experiment ? namesake : undefined,
    file: experiment.files[0] ?? '-',
    findSame: ({ id }: Experiment) => findSameRows(client, dataset.id, id, experiment.prepared),
  };
  const findAgain = (firstGeneration: number) =>
    findTarget(
      client,
      { ...naming, isNewDataset: false, namesake: undefined },
      options,
      firstGeneration,
    );

  const begun = journal?.experiment && (await client.findExperiment(journal.experiment.id));
  if (begun) return { experiment, dataset, target: { exists: true, experiment: begun }, findAgain };
  // Deleted since; or the process was killed before it was created, and then its id is still free.
  if (journal?.experiment) await journal.restart();
  const target = await findTarget(client, naming, options);
  return { experiment, dataset, target, findAgain };
}

/** What recording would do, without writing anything. */
export async function foresee(plan: Plan, part: Part, work: Work): Promise<Recording> {
  const { experiment, dataset } = plan;
  const { options, preparation } = work;
  const { prepared } = preparation;
  const numbers = prepared?.examplesOf.get(experiment.prepared as PreparedExperiment) ?? [];
  const ids = [...numbers].map((number) => uuidText(prepared?.examples.id(number) as Buffer));
  const isEmpty = dataset.found === undefined || dataset.found.exampleCount === 0;
  const existing = isEmpty ? 0 : await countExisting(ids, dataset.id, options);
  const created = ids.length - existing;
  const { operations } = await options.client.limits();
  const { facts, rows, badRows, others } = part;
  const { timed } = facts.range;
  const left = rows - badRows - (others ?? 0);
  const described = describe(experiment, plan, work);
  return {
    ...described,
    dataset: { ...described.dataset, created: !dataset.found },
    rows: { read: rows, recorded: 0, refused: 0, skipped: badRows, left, others },
    examples: { created, existing, updated: 0 },
    runs: facts.runs,
    feedback: facts.feedback,
    errors: facts.errors,
    failedScores: facts.failedScores,
    scores: facts.scores,
    status: 'planned',
    problems: part.problems,
    plan: {
      requests:
        Math.ceil(created / EXAMPLES_A_REQUEST) +
        Math.ceil((facts.runs + facts.feedback) / operations) +
        (isEmpty ? 0 : Math.ceil(ids.length / ASK)) +
        OTHER_REQUESTS,
      bytes: experiment.bytes ?? 0,
      extendedTraces: facts.scoredRows,
      earliest: timed && isoTime(timed.earliestStart),
      latest: timed && isoTime(timed.latestEnd),
    },
  };
}

/** What became of an experiment's rows so far. */
export function describe(
  experiment: ExperimentRows,
  plan: Plan | undefined,
  work: Work,
): Recording {
  const { preparation, options, account, journal } = work;
  const { client } = options;
  const { id, found } = preparation.dataset;
  const stored = journal?.experiment ?? plannedOf(plan);
  const name = stored?.name ?? experimentName(experiment, options);
  const url =
    found && stored ? client.links.experiments(id, [{ ...stored, tenantId: found.tenantId }]) : '';
  const { rows, examples, runs, feedback, errors, failedScores, scores, problems, notes } = account;
  return {
    experiment: { id: stored?.id ?? '', name, url },
    dataset: { id, name: found?.name ?? options.dataset, created: false },
    files: experiment.files,
    label: experiment.label,
    rows,
    examples,
    runs,
    feedback,
    errors,
    failedScores,
    scores,
    status: 'recorded',
    verified: 'off',
    problems,
    notes,
  };
}

function plannedOf(plan: Plan | undefined): { id: string; name: string } | undefined {
  if (!plan) return undefined;
  return plan.target.exists ? plan.target.experiment : plan.target;
}

async function countExisting(
  ids: readonly string[],
  datasetId: string,
  { client }: RecordOptions,
): Promise<number> {
  let existing = 0;
  for (const some of chunksOf(ids, ASK))
    existing += (await client.findExampleHeads(datasetId, some)).length;
  return existing;
}

/** Plans, and again where another process created the dataset meanwhile. */
export async function planFor(experiment: ExperimentRows, work: Work): Promise<Plan> {
  const { preparation, options, journal } = work;
  const { dataset, namesake } = preparation;
  try {
    const plan = await makePlan(experiment, dataset, options, journal, namesake);
    if (options.append && !journal?.experiment) await noteSameRows(plan, work);
    return plan;
  } catch (error) {
    if (!(await isCreatedMeanwhile(error, work))) throw error;
    return makePlan(experiment, preparation.dataset, options, journal);
  }
}

/** Rows that are there already are added once more, which is seldom meant. */
async function noteSameRows(
  { experiment, dataset, target }: Plan,
  { options, account }: Work,
): Promise<void> {
  if (!target.exists) return;
  const { id, name } = target.experiment;
  const { same } = await findSameRows(options.client, dataset.id, id, experiment.prepared);
  if (same === 0) return;
  const how = howToScore(name, experiment.files[0] ?? '-');
  account.note(
    `in "${name}" already, with the same outputs: --append adds them once more; to add only their scores: ${how}`,
    same,
  );
}

/** Whether it failed because another process created the dataset since we looked; it is known then. */
export async function isCreatedMeanwhile(
  error: unknown,
  { preparation, options }: Work,
): Promise<boolean> {
  const isOfName = error instanceof LsRecordError && error.code === 'NAME_TAKEN';
  const isConflict = error instanceof ApiRefusal && error.status === 409;
  if (preparation.dataset.found || !(isOfName || isConflict)) return false;
  const found = await options.client.findDataset(options.dataset);
  if (found) preparation.dataset = { id: found.id, found };
  return found !== undefined;
}
