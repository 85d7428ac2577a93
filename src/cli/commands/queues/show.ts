import { Argument } from 'commander';
import { declare } from '../../command.js';
import { findNamedQueue, queueJson } from '../../queues.js';
import { count, showNumber } from '../../screen/words.js';

export const command = declare<object, [string]>({
  details: 'Its rubric, how far the review is, and where to review.',
  arguments: [new Argument('<name>', 'name of the queue')],
  examples: ['queues show weekly'],
  async run({ terminal, connect, answer }, [name]) {
    const connection = await connect();
    const queue = await queueJson(await findNamedQueue(connection.client, name), connection);
    answer({ queue }, () => {
      terminal.answer(
        `${queue.name}: ${showNumber(queue.reviewed)} of ${count(queue.runs, 'run')} reviewed`,
      );
      if (queue.description !== null) terminal.answerProse(queue.description);
      if (queue.instructions !== null) terminal.answerProse(queue.instructions);
      for (const { key, description } of queue.rubric)
        terminal.answerProse(description === null ? `  ${key}` : `  ${key}: ${description}`);
      terminal.answer(queue.url);
    });
  },
});
