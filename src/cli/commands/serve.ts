import { Command, InvalidArgumentError } from 'commander';
import { LsRecordError } from '../../errors.js';
import { addCommonOptions, type CommonOptions } from '../common-options.js';
import type { Context } from '../context.js';
import { findRunningHome, keepHome } from '../home.js';
import { readDataFolder } from '../settings.js';
import { Terminal } from '../terminal.js';
import { untilStopped } from '../until-stopped.js';

interface Options extends CommonOptions {
  readonly port?: number;
}

export function serveCommand(context: Context): Command {
  const command = new Command('serve')
    .summary('keep the LangSmith of this machine running')
    .description(
      'Serves what was recorded on this machine, to browsers and to the LangSmith SDKs, until Ctrl-C.',
    )
    .option('--port <number>', 'port on this machine; the default is remembered', parsePort)
    .action((options: Options) => serve(context, options));
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record serve
  $ ls-record serve --port 3000   # where the links of the JS SDK lead
`,
  );
}

async function serve(context: Context, options: Options): Promise<void> {
  const terminal = await Terminal.open(context, options);
  const folder = readDataFolder(context, options);
  const running = await findRunningHome(folder);
  if (running) {
    throw new LsRecordError(
      'HOME_UNAVAILABLE',
      `home is served already at ${running.url}, by process ${running.pid}`,
      {
        hint: 'Use that one, or stop it first.',
      },
    );
  }

  const home = await keepHome(folder, options.port);
  try {
    if (terminal.json) terminal.answerJson({ home: { url: home.url, port: home.port, folder } });
    else terminal.answer(home.url);
    terminal.say(`Serving ${folder}. For an SDK:`);
    terminal.say(`  export LANGSMITH_ENDPOINT=${home.url}`);
    terminal.say('  export LANGSMITH_API_KEY=home   # any text will do');
    terminal.say('Ctrl-C ends it.');
    await untilStopped(context.signal);
  } finally {
    await home.close();
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError('It has to be a number from 1 to 65535.');
  }
  return port;
}
