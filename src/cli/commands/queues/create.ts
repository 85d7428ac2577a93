import { Argument, Option } from 'commander';
import { LsRecordError } from '../../../errors.js';
import { declare } from '../../command.js';
import { collect } from '../../common-options.js';
import { queueJson } from '../../queues.js';

interface QueuesCreateOptions {
  readonly description?: string;
  readonly instructions?: string;
  readonly rubric?: readonly string[];
}

export const command = declare<QueuesCreateOptions, [string]>({
  details: 'A queue of that name is changed if it differs, and left as it is if it does not.',
  arguments: [new Argument('<name>', 'name of the queue')],
  options: [
    new Option('--description <text>', 'what the queue is for'),
    new Option('--instructions <text>', 'what reviewers should know'),
    new Option('--rubric <key: question>', 'a score that reviewers give (repeatable)').argParser(
      collect,
    ),
  ],
  examples: [
    'queues create weekly --rubric "correct: Is the answer right?"',
    'queues create weekly --rubric correct --rubric "tone=kind|rude" --rubric "quality=1-5"',
  ],
  async run({ terminal, connect, answer }, [name], options) {
    if (name.trim() === '')
      throw new LsRecordError('USAGE', 'the queue has no name', { hint: 'Give it one.' });
    const { description, instructions } = options;
    const connection = await connect();
    const { ensureQueue } = await import('../../../scoring/queue-runs.js');
    const { queue, became } = await ensureQueue(connection.client, {
      name,
      description,
      instructions,
      rubric: options.rubric?.map(readRubric),
    });
    const json = await queueJson(queue, connection);
    answer({ queue: json, became }, () => {
      terminal.answer(json.url);
      if (became === 'same') terminal.say(`"${name}" is there already, as you described it.`);
      else
        terminal.praise(`"${name}" ${became}. Add runs: ls-record queues add "${name}" EXPERIMENT`);
    });
  },
});

/** `correct: Is it right?`, `tone=kind|rude: How does it sound?`, `quality=1-5`, or the key alone. */
function readRubric(text: string) {
  const [, key = '', range = '', description] =
    /^([^=:]+)(?:=([^:]*))?(?::(.*))?$/s.exec(text) ?? [];
  if (key.trim() === '')
    throw new LsRecordError('USAGE', `--rubric ${text} names no score`, {
      hint: 'For example: --rubric "correct: Is the answer right?"',
    });
  const choices = choicesOf(range.trim());
  return { key: key.trim(), description: description?.trim() || undefined, choices };
}

const MOST_STEPS = 20;

function choicesOf(range: string): string[] {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(range) ?? [];
  const steps = Number(to) - Number(from) + 1;
  if (steps >= 2 && steps <= MOST_STEPS)
    return Array.from({ length: steps }, (_, n) => String(Number(from) + n));
  return range === '' ? [] : range.split('|').map((choice) => choice.trim());
}
