import { Argument, Option } from 'commander';
import { LsRecordError } from '../../errors.js';
import type { LangSmith } from '../../langsmith/client.js';
import type { Experiment } from '../../langsmith/wire.js';
import { readDataFolder } from '../access/destination.js';
import { declare, type Session } from '../command.js';
import type { CommonOptions } from '../common-options.js';
import { type Context, isInCi } from '../context.js';
import { findDatasetByPrefix } from '../datasets/named-dataset.js';
import { findExperimentByPrefix, findNamedExperiment } from '../datasets/named-experiment.js';
import { type Remembered, recall } from '../home/data-folder.js';
import { isAtHome } from '../home/home-page.js';
import { entryTo, findRunningHome, homeUrl, keepHome, moveTo } from '../home/home-server.js';
import { untilStopped } from '../home/until-stopped.js';
import { pickExperiment } from '../picking/pick-experiment.js';
import { hasBrowser, openInBrowser, whereToSee } from '../screen/browser.js';
import type { Terminal } from '../screen/terminal.js';

interface OpenOptions {
  readonly print?: boolean;
  readonly pick?: boolean;
  readonly row?: string;
  readonly plain?: boolean;
}

interface OpenWork {
  readonly context: Context;
  readonly options: OpenOptions & CommonOptions;
  readonly terminal: Terminal;
  readonly connect: Session['connect'];
  readonly folder: string;
}

type LastRecording = Remembered['last-recording'];

export const command = declare<OpenOptions, [string | undefined]>({
  details:
    'Opens the last recording if none is named; without a browser, prints the address. Recordings on this machine are served until Ctrl-C, unless ls-record serve is running.',
  arguments: [new Argument('[what]', 'name, ID or URL of an experiment or a dataset')],
  options: [
    new Option('--pick', 'choose the experiment from a list'),
    new Option('--row <id>', 'open the run of one row, by its ID or its example ID'),
    new Option('--print', 'print the address without opening it'),
    new Option('--plain', 'use 127.0.0.1, for browsers that do not resolve *.localhost'),
  ],
  examples: [
    'open',
    'open --pick',
    'open capitals --local',
    'open capitals-1a2b3c4d --row case-17',
    'open --print',
  ],
  async run({ context, terminal, connect }, [what], options) {
    const folder = readDataFolder(context, options);
    const work = { context, options, terminal, connect, folder };
    const page = await findPage(what, work);
    if (page.where === 'langsmith') return show(page.url, work);

    const running = await findRunningHome(folder);
    if (running) return showHome(running, page.url, work);
    if (isWatched(work)) return serve(page.url, work);
    answer(moveTo(homeUrl(folder), page.url), terminal);
    terminal.note('not running; to keep it running: ls-record serve');
  },
});

async function serve(url: string, work: OpenWork): Promise<void> {
  const { context, terminal, folder } = work;
  const home = await keepHome(folder);
  try {
    await showHome(home, url, work);
    terminal.say('Served until Ctrl-C. To keep it running: ls-record serve');
    await untilStopped(context.signal);
    terminal.say('Stopped. Your recordings are kept.');
  } finally {
    await home.close();
  }
}

/** Shows a page of home, which lets in a browser once: it is given a session then. */
async function showHome({ port }: { port: number }, url: string, work: OpenWork): Promise<void> {
  const { context, folder, options, terminal } = work;
  // Other systems are not known to take every name below localhost for this machine.
  const isPlain = options.plain === true || context.platform !== 'linux';
  await show(await entryTo(folder, { port }, url, isPlain), work);
  terminal.say('The address works once, within ten minutes.');
  if (!isPlain) terminal.say('If the page does not load: ls-record open --plain');
}

/** Whether somebody is there to end it: a script that asks for the address must not wait for ever. */
function isWatched({ context, options, terminal }: OpenWork): boolean {
  const { stdout, stderr } = context;
  const isOnScreen = stdout.isTTY === true && stderr.isTTY === true && !isInCi(context);
  return isOnScreen && !options.print && !terminal.json;
}

async function findPage(what: string | undefined, work: OpenWork): Promise<LastRecording> {
  const { context, folder, options, terminal } = work;
  if (what !== undefined && options.pick) {
    throw new LsRecordError('USAGE', `--pick and "${what}" cannot be combined`, {
      hint: 'Use only one of them.',
    });
  }
  if (what === undefined) {
    const mustPick = options.pick || options.row !== undefined;
    const last = mustPick ? undefined : lastRecording(folder);
    if (last) return last;
    if (mustPick && !terminal.mayAsk) throw nobodyToAsk();
    return terminal.mayAsk ? findOnServer(work, pickLink) : nothingYet();
  }
  if (options.row !== undefined || !/^https?:\/\//i.test(what)) {
    return findOnServer(work, (client) => findLink(client, what, options));
  }
  const url = toUrl(what);
  return { where: (await isAtHome(url, folder, context, terminal)) ? 'home' : 'langsmith', url };
}

async function findOnServer(
  work: OpenWork,
  find: (client: LangSmith, work: OpenWork) => Promise<string>,
): Promise<LastRecording> {
  const { client, where } = await work.connect();
  return { where, url: await find(client, work) };
}

async function findLink(client: LangSmith, what: string, { row }: OpenOptions): Promise<string> {
  if (row !== undefined) return findRow(client, await findNamedExperiment(client, what), row);
  const experiment = await client.findExperiment(what);
  if (experiment?.datasetId !== undefined) return linkOf(client, experiment);
  const dataset = await client.findDataset(what);
  if (dataset) return client.links.dataset(dataset);
  const meant = await findExperimentByPrefix(client, what);
  if (meant) return linkOf(client, meant);
  const started = await findDatasetByPrefix(client, what);
  if (started) return client.links.dataset(started);
  throw new LsRecordError('EXPERIMENT_NOT_FOUND', `no experiment or dataset "${what}"`, {
    hint: 'To choose from a list: ls-record open --pick. On this machine, add --local.',
  });
}

async function pickLink(client: LangSmith, { context, options }: OpenWork): Promise<string> {
  for await (const _ of client.listAllExperiments()) {
    const experiment = await pickExperiment(client, context);
    return options.row === undefined
      ? linkOf(client, experiment)
      : findRow(client, experiment, options.row);
  }
  return nothingYet();
}

/** @throws {LsRecordError} `USAGE` if no run of the experiment is of that row, or several are. */
async function findRow(client: LangSmith, experiment: Experiment, row: string): Promise<string> {
  const { id, name } = experiment;
  const [run, ...others] = await client.findRowRuns(id, row);
  if (run === undefined) {
    throw new LsRecordError('USAGE', `"${name}" has no row "${row}"`, {
      hint: 'Use the row’s ID in the recorded file, or the ID of its example.',
    });
  }
  if (others.length > 0) {
    throw new LsRecordError('USAGE', `"${name}" has ${others.length + 1} runs of row "${row}"`, {
      hint: `To see them all: ls-record open "${name}".`,
    });
  }
  return client.links.run(experiment, run);
}

function linkOf({ links }: LangSmith, experiment: Experiment): string {
  return links.experiments(experiment.datasetId ?? '', [experiment]);
}

function lastRecording(folder: string): LastRecording | undefined {
  const { where, url } = recall(folder, 'last-recording') ?? {};
  return where !== undefined && url !== undefined && URL.canParse(url) ? { where, url } : undefined;
}

function nothingYet(): never {
  throw new LsRecordError('EXPERIMENT_NOT_FOUND', 'nothing recorded yet', {
    hint: 'To record something: ls-record record results.jsonl --dataset capitals',
  });
}

function nobodyToAsk(): LsRecordError {
  return new LsRecordError('USAGE', 'no experiment given, and no terminal to choose one', {
    hint: 'Give its name: ls-record open capitals-1a2b3c4d.',
  });
}

function toUrl(text: string): string {
  if (URL.canParse(text)) return text;
  throw new LsRecordError('USAGE', `"${text}" is not a URL`, { hint: 'Give a name, ID or URL.' });
}

function answer(url: string, terminal: Terminal): void {
  if (terminal.json) terminal.answerJson({ url });
  else terminal.answer(url);
}

async function show(url: string, { context, options, terminal }: OpenWork): Promise<void> {
  answer(url, terminal);
  if (options.print || terminal.json) return;
  if (!hasBrowser(context)) {
    const where = whereToSee(url, context);
    if (where !== undefined) terminal.say(where);
  } else if (!(await openInBrowser(url))) {
    terminal.note('cannot open a browser; open the address yourself');
  }
}
