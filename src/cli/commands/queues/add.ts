import { Argument, Option } from 'commander';
import { declare } from '../../command.js';
import { findNamedExperiment } from '../../datasets/named-experiment.js';
import { findNamedQueue, queueJson } from '../../queues.js';
import { count } from '../../screen/words.js';

interface QueuesAddOptions {
  readonly rows: string;
  readonly dataset?: string;
  readonly extendRetention?: boolean;
}

export const extendRetentionOption = new Option(
  '--extend-retention',
  'let LangSmith keep these traces for 400 days, which it charges for',
);

export const command = declare<QueuesAddOptions, [string, string]>({
  details: 'Runs that are in the queue already are not added again.',
  arguments: [
    new Argument('<queue>', 'name of the queue'),
    new Argument('<experiment>', 'name, ID, URL, or DATASET@latest'),
  ],
  options: [
    new Option('--rows <which>', 'all, failed, low:KEY<0.5 or sample:20').default('all'),
    new Option('-d, --dataset <name>', 'dataset of @latest'),
    extendRetentionOption,
  ],
  examples: [
    'queues add weekly nightly --rows failed',
    'queues add weekly capitals@latest --rows "low:correct<0.5"',
    'queues add weekly nightly --rows sample:20',
  ],
  async run({ terminal, connect, answer }, [name, typed], options) {
    const { addRuns, parseSelection, selectRuns } = await import('../../../scoring/queue-runs.js');
    const selection = parseSelection(options.rows);
    const connection = await connect();
    const { client } = connection;
    const queue = await findNamedQueue(client, name);
    const experiment = await findNamedExperiment(client, typed, { dataset: options.dataset });
    const runs = await selectRuns(client, experiment.id, selection);
    const added = await addRuns(client, queue, experiment.id, runs, options);
    const json = await queueJson(queue, connection);
    answer({ queue: json, selected: runs.length, added }, () => {
      terminal.answer(json.url);
      const there = runs.length - added;
      const known = there > 0 ? `, ${there} were there already` : '';
      if (runs.length === 0) terminal.say(`No run of "${experiment.name}" is ${options.rows}.`);
      else terminal.praise(`${count(added, 'run')} added to "${name}"${known}.`);
    });
  },
});
