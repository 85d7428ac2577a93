import { LsRecordError } from '../errors.js';
import type { LangSmith } from '../langsmith/client.js';
import type { Queue } from '../langsmith/wire.js';
import type { Connection } from './access/connect.js';

/** @throws {LsRecordError} `USAGE` if there is no queue of that name, or several. */
export async function findNamedQueue(client: LangSmith, name: string): Promise<Queue> {
  const { findQueue } = await import('../scoring/queue-runs.js');
  const queue = await findQueue(client, name);
  if (queue) return queue;
  throw new LsRecordError('USAGE', `there is no annotation queue "${name}"`, {
    hint: 'See which there are: ls-record queues list. To make one: ls-record queues create NAME.',
  });
}

/** A queue for programs, with how far its review is. */
export async function queueJson(queue: Queue, { client, link }: Connection) {
  const [runs, reviewed] = await Promise.all([
    client.queueSize(queue.id),
    client.queueSize(queue.id, 'completed'),
  ]);
  const { id, name, description = null, instructions = null, rubric } = queue;
  return {
    id,
    name,
    description,
    instructions,
    rubric: rubric.map(({ key, description: asked = null, choices }) => ({
      key,
      description: asked,
      choices,
    })),
    runs,
    reviewed,
    url: link(client.links.queue(queue)),
  };
}
