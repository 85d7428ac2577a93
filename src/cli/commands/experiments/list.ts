import { Command } from 'commander';
import { LsRecordError } from '../../../errors.js';
import type { Experiment } from '../../../langsmith/wire.js';
import { allOf } from '../../all-of.js';
import { addCommonOptions, type CommonOptions, parseCount } from '../../common-options.js';
import { connect } from '../../connect.js';
import type { Context } from '../../context.js';
import { readPlace } from '../../settings.js';
import { Terminal } from '../../terminal.js';
import { showSeconds, showTime } from '../../words.js';

interface Options extends CommonOptions {
  readonly dataset: string;
  readonly limit?: number;
}

export function experimentsListCommand(context: Context): Command {
  const command = new Command('list')
    .summary('list the experiments of a dataset, newest first')
    .description('Lists the experiments of a dataset with their scores, newest first.')
    .requiredOption('-d, --dataset <name>', 'name or id of the dataset')
    .option('--limit <count>', 'at most so many', parseCount)
    .action((options: Options) => listExperiments(context, options));
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record experiments list --dataset capitals
  $ ls-record experiments list -d capitals --json | jq '.experiments[0].scores'
`,
  );
}

async function listExperiments(context: Context, options: Options): Promise<void> {
  const terminal = await Terminal.open(context, options);
  const connection = await connect(context, readPlace(context, options), terminal);
  try {
    const { client } = connection;
    const [dataset, experiments] = await terminal.spin('Reading experiments', async () => {
      const found = await client.findDataset(options.dataset);
      if (!found) {
        throw new LsRecordError('DATASET_NOT_FOUND', `there is no dataset "${options.dataset}"`, {
          hint: 'See which there are: ls-record datasets list.',
        });
      }
      const wanted = options.limit === undefined ? {} : { limit: options.limit };
      return [found, await allOf(client.listExperiments(found.id, wanted))] as const;
    });

    if (terminal.json) {
      terminal.answerJson({
        experiments: experiments.map((experiment) => ({
          id: experiment.id,
          name: experiment.name,
          start_time: experiment.startTime,
          end_time: experiment.endTime ?? null,
          runs: experiment.runCount ?? null,
          error_rate: experiment.errorRate ?? null,
          latency_p50: experiment.latencyP50 ?? null,
          total_tokens: experiment.totalTokens ?? null,
          total_cost: experiment.totalCost ?? null,
          scores: experiment.feedback,
          url: connection.link(client.links.experiments(dataset.id, [experiment])),
        })),
      });
    } else if (experiments.length === 0) {
      terminal.say(`no experiments on "${dataset.name}" yet`);
    } else {
      const keys = scoreKeys(experiments);
      terminal.answerTable(
        [
          { title: 'NAME' },
          { title: 'START' },
          { title: 'RUNS', align: 'right' },
          { title: 'ERRORS', align: 'right' },
          ...keys.map((key) => ({ title: key, align: 'right' as const })),
          { title: 'P50', align: 'right' },
        ],
        experiments.map((experiment) => [
          experiment.name,
          showTime(experiment.startTime),
          String(experiment.runCount ?? ''),
          experiment.errorRate === undefined
            ? ''
            : `${Number((experiment.errorRate * 100).toFixed(1))}%`,
          ...keys.map((key) => showMean(experiment, key)),
          experiment.latencyP50 === undefined ? '' : showSeconds(experiment.latencyP50),
        ]),
      );
    }
  } finally {
    await connection.close();
  }
}

function scoreKeys(experiments: readonly Experiment[]): string[] {
  return [...new Set(experiments.flatMap(({ feedback }) => Object.keys(feedback)))].sort();
}

function showMean({ feedback }: Experiment, key: string): string {
  const mean = Object.hasOwn(feedback, key) ? feedback[key]?.avg : undefined;
  return mean === undefined ? '' : String(Number(mean.toFixed(4)));
}
