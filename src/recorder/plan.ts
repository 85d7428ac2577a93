import { isoTime } from '../langsmith/time.js';
import type { Dataset } from '../langsmith/wire.js';
import type { ExperimentTarget } from './experiment.js';
import type { Job } from './job.js';
import type { Recording } from './recording.js';
import type { Survey } from './survey.js';

const ASK = 100;
const EXAMPLES_A_REQUEST = 500;
/** Dataset, experiment, closing and reading back. */
const OTHER_REQUESTS = 8;

/** What recording would do, told without writing anything. */
export async function foresee(of: {
  job: Job;
  survey: Survey;
  wanted: ExperimentTarget;
  dataset: Dataset | undefined;
  notes: string[];
}): Promise<Recording> {
  const { job, survey, wanted, dataset, notes } = of;
  const { client } = job;
  const existing = job.isNewDataset ? 0 : await countExisting(job);
  const created = job.examples.size - existing;
  const { operations } = await client.limits();
  const good = survey.rows - survey.badRows;
  const experiment = wanted.exists
    ? wanted.experiment
    : { ...wanted, tenantId: dataset?.tenantId ?? '' };

  return {
    experiment: {
      id: experiment.id,
      name: experiment.name,
      url: dataset ? client.links.experiments(dataset.id, [experiment]) : '',
    },
    dataset: { id: job.datasetId, name: dataset?.name ?? job.options.dataset, created: !dataset },
    rows: { read: survey.rows, recorded: good, refused: 0, skipped: survey.badRows },
    examples: { created, existing, updated: 0 },
    runs: survey.runs,
    feedback: survey.feedback,
    errors: job.tally.outcome.errors,
    scores: job.tally.outcome.scores(),
    status: 'planned',
    verified: 'off',
    problems: survey.problems,
    notes,
    plan: {
      requests:
        Math.ceil(created / EXAMPLES_A_REQUEST) +
        Math.ceil((survey.runs + survey.feedback) / operations) +
        (job.isNewDataset ? 0 : Math.ceil(job.examples.size / ASK)) +
        OTHER_REQUESTS,
      bytes: job.tally.bytes,
      ...(survey.range.isTimed && {
        earliest: isoTime(survey.range.earliestStart),
        latest: isoTime(survey.range.latestEnd),
      }),
    },
  };
}

async function countExisting({ client, datasetId, examples }: Job): Promise<number> {
  let existing = 0;
  for (let from = 0; from < examples.size; from += ASK) {
    const ids = Array.from({ length: Math.min(ASK, examples.size - from) }, (_, n) =>
      examples.id(from + n),
    );
    existing += (await client.findExampleHeads(datasetId, ids)).length;
  }
  return existing;
}
