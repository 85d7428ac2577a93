import { Command } from 'commander';
import { LsRecordError } from '../../errors.js';
import { hasBrowser, openInBrowser } from '../browser.js';
import { addCommonOptions, type CommonOptions } from '../common-options.js';
import { connect } from '../connect.js';
import type { Context } from '../context.js';
import { type Remembered, recall } from '../data-folder.js';
import { findRunningHome, type Home, homeUrl, keepHome, moveTo } from '../home.js';
import { readDataFolder, readPlace } from '../settings.js';
import { Terminal } from '../terminal.js';
import { untilStopped } from '../until-stopped.js';

type Page = Remembered['last-recording'];

export function openCommand(context: Context): Command {
  const command = new Command('open')
    .summary('look at what was recorded')
    .description(
      'Shows an experiment or a dataset in the browser, the last recording if none is named. What was recorded on this machine is served until Ctrl-C.',
    )
    .argument('[what]', 'name, id or URL of an experiment or a dataset')
    .action((what: string | undefined, options: CommonOptions) => open(context, what, options));
  return addCommonOptions(command).addHelpText(
    'after',
    `
Examples:
  $ ls-record open
  $ ls-record open capitals --local
`,
  );
}

async function open(
  context: Context,
  what: string | undefined,
  options: CommonOptions,
): Promise<void> {
  const terminal = await Terminal.open(context, options);
  const folder = readDataFolder(context, options);
  const page = await findPage(what, { context, folder, options, terminal });
  if (page.where === 'langsmith') return show(page.url, context, terminal);

  const running = await findRunningHome(folder);
  if (running) return show(moveTo(running.url, page.url), context, terminal);

  const home = await keepHome(folder);
  try {
    await show(moveTo(home.url, page.url), context, terminal);
    await serveUntilStopped(home, context, terminal);
  } finally {
    await home.close();
  }
}

async function findPage(
  what: string | undefined,
  {
    context,
    folder,
    options,
    terminal,
  }: { context: Context; folder: string; options: CommonOptions; terminal: Terminal },
): Promise<Page> {
  if (what === undefined) return lastRecording(folder);
  if (/^https?:\/\//i.test(what)) return fromUrl(what, folder);

  const connection = await connect(context, readPlace(context, options), terminal);
  try {
    const { client, where } = connection;
    const experiment = await client.findExperiment(what);
    if (experiment?.datasetId !== undefined) {
      return { where, url: client.links.experiments(experiment.datasetId, [experiment]) };
    }
    const dataset = await client.findDataset(what);
    if (dataset) return { where, url: client.links.dataset(dataset) };
  } finally {
    await connection.close();
  }
  throw new LsRecordError('EXPERIMENT_NOT_FOUND', `there is no experiment or dataset "${what}"`, {
    hint: 'See what there is: ls-record datasets list.',
  });
}

function lastRecording(folder: string): Page {
  const { where, url } = recall(folder, 'last-recording') ?? {};
  if (where !== undefined && url !== undefined && URL.canParse(url)) return { where, url };
  throw new LsRecordError('EXPERIMENT_NOT_FOUND', 'nothing was recorded from here yet', {
    hint: 'Record something first: ls-record record results.jsonl --dataset capitals.',
  });
}

function fromUrl(url: string, folder: string): Page {
  if (!URL.canParse(url)) {
    throw new LsRecordError('USAGE', `"${url}" is not a URL`, {
      hint: 'Give a name, an id or a URL.',
    });
  }
  const { protocol, hostname, port } = new URL(url);
  const isHere = protocol === 'http:' && /^(localhost|127\.0\.0\.1)$/.test(hostname);
  const isHome = isHere && port === new URL(homeUrl(folder)).port;
  return { where: isHome ? 'home' : 'langsmith', url };
}

async function show(url: string, context: Context, terminal: Terminal): Promise<void> {
  if (terminal.json) terminal.answerJson({ url });
  else terminal.answer(url);
  if (!hasBrowser(context)) return;
  if (!(await openInBrowser(url))) terminal.note('no browser came up: open the address yourself');
}

async function serveUntilStopped(home: Home, { signal }: Context, terminal: Terminal) {
  terminal.say(`Served from this machine at ${home.url} until Ctrl-C.`);
  await untilStopped(signal);
}
