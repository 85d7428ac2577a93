import { Command } from 'commander';
import { addPrintOptions } from '../common-options.js';
import type { Context } from '../context.js';
import { Terminal, type TerminalOptions } from '../screen/terminal.js';

export function schemaCommand(context: Context): Command {
  const command = new Command('schema')
    .description(
      'Prints the JSON Schema (draft 2020-12) of a row of results as it stands in a file.',
    )
    .action((options: TerminalOptions) => printSchema(context, options));
  return addPrintOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record schema > row.schema.json
  $ ls-record schema | jq -r '.properties | keys[]'
  $ ls-record schema --json | jq .schema
`,
  );
}

async function printSchema(context: Context, options: TerminalOptions): Promise<void> {
  const terminal = await Terminal.open(context, options);
  const { resultJsonSchema } = await import('../../results/json-schema.js');
  const schema = resultJsonSchema();
  if (terminal.json) terminal.answerJson({ schema });
  else for (const line of JSON.stringify(schema, null, 2).split('\n')) terminal.answer(line);
}
