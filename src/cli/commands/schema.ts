import { Argument } from 'commander';
import { declare } from '../command.js';

export const command = declare<object, ['row' | 'gate' | undefined]>({
  details: 'Or of the output of gate --json. Both are draft 2020-12.',
  arguments: [
    new Argument('[what]', 'a row of results (default), or the result of a gate').choices([
      'row',
      'gate',
    ]),
  ],
  examples: [
    'schema > row.schema.json',
    "schema | jq -r '.properties | keys[]'",
    'schema gate > gate.schema.json',
  ],
  isOffline: true,
  async run({ terminal, answer }, [what]) {
    const schema = await (what === 'gate' ? gateSchema() : rowSchema());
    answer({ schema }, () => {
      for (const line of JSON.stringify(schema, null, 2).split('\n')) terminal.answer(line);
    });
  },
});

async function rowSchema(): Promise<object> {
  const { resultJsonSchema } = await import('../../results/json-schema.js');
  return resultJsonSchema();
}

async function gateSchema(): Promise<object> {
  const { gateResultJsonSchema } = await import('../../experiments/gate/result.js');
  return gateResultJsonSchema();
}
