import { declare } from '../../command.js';
import { csvOption } from '../../common-options.js';
import { readAll } from '../../datasets/read-all.js';
import { answerList } from '../../screen/list.js';
import { showNumber, showTime } from '../../screen/words.js';

export const command = declare<{ readonly csv?: boolean }>({
  details: 'Runs in a queue wait for people to score them.',
  options: [csvOption],
  examples: ['queues list', "queues list --json | jq '.queues[].name'"],
  async run(session, _, { csv }) {
    const { client, link } = await session.connect();
    const queues = await readAll(client.listQueues(), 'queue', session.terminal);
    const items = await Promise.all(
      queues.map(async (queue) => ({
        ...queue,
        runs: await client.queueSize(queue.id),
        reviewed: await client.queueSize(queue.id, 'completed'),
      })),
    );
    await answerList(session, {
      name: 'queues',
      items,
      none: 'no annotation queues yet; to make one: ls-record queues create NAME',
      csv,
      columns: [
        { key: 'id', value: ({ id }) => id },
        { key: 'name', value: ({ name }) => name, title: 'NAME', show: ({ name }) => name },
        {
          key: 'runs',
          value: ({ runs }) => runs,
          title: 'RUNS',
          show: ({ runs }) => showNumber(runs),
          align: 'right',
        },
        {
          key: 'reviewed',
          value: ({ reviewed }) => reviewed,
          title: 'REVIEWED',
          show: ({ reviewed }) => showNumber(reviewed),
          align: 'right',
        },
        {
          key: 'created_at',
          value: ({ createdAt }) => createdAt,
          title: 'CREATED',
          show: ({ createdAt }) => showTime(createdAt),
          dispensable: 1,
        },
        { key: 'url', value: (queue) => link(client.links.queue(queue)) },
      ],
    });
  },
});
