import { declare } from '../command.js';

export const command = declare({
  details: 'The schema is draft 2020-12.',
  examples: [
    'schema > row.schema.json',
    "schema | jq -r '.properties | keys[]'",
    'schema --json | jq .schema',
  ],
  isOffline: true,
  async run({ terminal, answer }) {
    const { resultJsonSchema } = await import('../../results/json-schema.js');
    const schema = resultJsonSchema();
    answer({ schema }, () => {
      for (const line of JSON.stringify(schema, null, 2).split('\n')) terminal.answer(line);
    });
  },
});
