import { InvalidArgumentError, Option } from 'commander';
import { LsRecordError } from '../../errors.js';
import { readDataFolder } from '../access/destination.js';
import { declare } from '../command.js';
import { type CommonOptions, readWhole } from '../common-options.js';
import type { Context } from '../context.js';
import { findRunningHome, keepHome } from '../home/home-server.js';
import { homeToken } from '../home/token.js';
import { untilStopped } from '../home/until-stopped.js';
import type { Terminal } from '../screen/terminal.js';

interface ServeOptions {
  readonly port?: number;
}

/** A home that runs, ours or not. */
interface Served {
  readonly url: string;
  readonly port: number;
  readonly token: string;
}

export const command = declare<ServeOptions>({
  details:
    'Serves browsers and the LangSmith SDKs until Ctrl-C. If it is running already, prints its address.',
  options: [new Option('--port <number>', 'port (default: remembered)').argParser(parsePort)],
  examples: ['serve', 'serve --port 3000   # where links of the JS SDK point'],
  run: ({ context, terminal }, _typed, options) => serve(context, terminal, options),
});

async function serve(
  context: Context,
  terminal: Terminal,
  options: ServeOptions & CommonOptions,
): Promise<void> {
  const folder = readDataFolder(context, options);
  const running = await findRunningHome(folder);
  if (running) {
    const { url, port, pid } = running;
    if (options.port !== undefined && options.port !== port) throw runsElsewhere(url, pid);
    answer({ url, port, token: homeToken(folder) }, folder, terminal);
    terminal.say(`Already running as process ${pid}. To stop it: kill ${pid}`);
    return;
  }

  const home = await keepHome(folder, options.port);
  try {
    answer(home, folder, terminal);
    terminal.say('Press Ctrl-C to stop.');
    await untilStopped(context.signal);
    terminal.say('Stopped. Your recordings are kept.');
  } finally {
    await home.close();
  }
}

function answer({ url, port, token }: Served, folder: string, terminal: Terminal): void {
  if (terminal.json) terminal.answerJson({ home: { url, port, folder, api_key: token } });
  else terminal.answer(url);
  terminal.say(`Serving ${folder}. For an SDK:`);
  terminal.say(`  export LANGSMITH_ENDPOINT=${url}`);
  terminal.say(`  export LANGSMITH_API_KEY=${token}`);
  terminal.say('For a browser: ls-record open');
}

function runsElsewhere(url: string, pid: number): LsRecordError {
  return new LsRecordError(
    'HOME_UNAVAILABLE',
    `home is already served at ${url} (process ${pid})`,
    { hint: `Use that one, or stop it first: press Ctrl-C where it runs, or kill ${pid}.` },
  );
}

function parsePort(text: string): number {
  const port = readWhole(text);
  if (Number.isNaN(port) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError('It must be a number from 1 to 65535.');
  }
  return port;
}
