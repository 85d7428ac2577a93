import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { LsRecordError } from '../../errors.js';
import type { LangSmith } from '../../langsmith/client.js';
import type { Rule } from '../../langsmith/rules.js';
import type { Retry } from '../../langsmith/transport.js';
import type { Price } from '../../scoring/judges/definition.js';
import type { CannotRun } from '../../scoring/judges/endpoint.js';
import type { Judge } from '../../scoring/judges/judge.js';
import type { JudgeScorer } from '../../scoring/judges/judge-scorer.js';
import type { RunReading } from '../../scoring/runs-to-score.js';
import { type DestinationOptions, readDataFolder } from '../access/destination.js';
import type { Context } from '../context.js';
import { readJudgeFile } from '../evaluators/judge-options.js';
import { findNamedRule } from '../evaluators/named-rule.js';
import { nameOfModel } from '../evaluators/rule-words.js';
import { forPrograms } from '../screen/for-programs.js';
import type { Terminal } from '../screen/terminal.js';
import { count, showNumber } from '../screen/words.js';

/** How judges are called from here, as it was typed. */
export interface CallOptions extends DestinationOptions {
  /** `provider:model`, instead of the judge's own. */
  readonly model?: string;
  readonly baseUrl?: string;
  readonly price?: Price;
}

/** A judge, or why it cannot be run from here. */
export interface FoundJudge {
  readonly name: string;
  readonly judge: Judge | CannotRun;
  /** The price that its file names. */
  readonly price?: Price | undefined;
}

export interface OpenJudges {
  readonly scorers: readonly JudgeScorer[];
  /** Those that cannot run from here. */
  readonly unable: readonly (CannotRun & { readonly name: string })[];
  close(): Promise<void>;
}

/** `input=0.15,output=0.6`. */
export function parsePrice(text: string): Price {
  const [, input, output] = /^input=([\d.]+),output=([\d.]+)$/.exec(text) ?? [];
  const price = { input: Number(input), output: Number(output) };
  if (Number.isFinite(price.input) && Number.isFinite(price.output)) return price;
  throw new InvalidArgumentError('It looks like input=0.15,output=0.6.');
}

/**
 * Finds judges by the names of a dataset's evaluators, or by the paths of files.
 *
 * @throws {LsRecordError} `USAGE` for a name that the dataset does not have, or that comes twice.
 */
export async function findJudges(
  names: readonly string[],
  client: LangSmith,
  datasetId: string,
  context: Context,
): Promise<FoundJudge[]> {
  const { readJudge } = await import('../../scoring/judges/judge.js');
  const dataset = await client.findDataset(datasetId);
  const found: FoundJudge[] = [];
  for (const name of names) {
    if (/\.(ya?ml|json)$/i.test(name)) {
      found.push(await readFile(name, context));
    } else if (dataset) {
      const rule = await findNamedRule(client, dataset, name);
      found.push({ name: rule.name, judge: readJudge(rule) });
    }
  }
  const [twice] = found.map(({ name }) => name).filter((name, at, all) => all.indexOf(name) < at);
  if (twice === undefined) return found;
  throw new LsRecordError('USAGE', `judge ${twice} is named twice`, {
    hint: 'Name each judge once.',
  });
}

async function readFile(path: string, context: Context): Promise<FoundJudge> {
  const { buildRule, readDefinition } = await import('../../scoring/judges/definition.js');
  const { readNewJudge } = await import('../../scoring/judges/judge.js');
  const definition = readDefinition(await readJudgeFile(path, context), path);
  const rule = buildRule(definition);
  return { name: rule.name, judge: readNewJudge(rule), price: definition.price };
}

/** The judges of rules. */
export async function fromRules(rules: readonly Rule[]): Promise<FoundJudge[]> {
  const { readJudge } = await import('../../scoring/judges/judge.js');
  return rules.map((rule) => ({ name: rule.name, judge: readJudge(rule) }));
}

/** Opens the judges that can run from here. Close them at the end. */
export async function openJudges(
  found: readonly FoundJudge[],
  options: CallOptions,
  context: Context,
  terminal: Terminal,
): Promise<OpenJudges> {
  const scorers: JudgeScorer[] = [];
  const unable: (CannotRun & { name: string })[] = [];
  const chats: { close(): Promise<void> }[] = [];
  for (const { name, judge, price } of found) {
    const call = { price, ...options };
    const opened = 'problem' in judge ? judge : await openJudge(judge, call, context, terminal);
    if ('problem' in opened) {
      unable.push({ name, ...opened });
      continue;
    }
    scorers.push(opened.scorer);
    chats.push(opened.chat);
  }
  const close = async () => void (await Promise.all(chats.map((chat) => chat.close())));
  return { scorers, unable, close };
}

/**
 * Opens judges that were asked for by name.
 *
 * @throws {LsRecordError} if one cannot run from here, before any model is asked: `MODEL_KEY` without a key, else `USAGE`.
 */
export async function openAllJudges(
  found: readonly FoundJudge[],
  options: CallOptions,
  context: Context,
  terminal: Terminal,
): Promise<OpenJudges> {
  const opened = await openJudges(found, options, context, terminal);
  const [first] = opened.unable;
  if (!first) return opened;
  await opened.close();
  throw new LsRecordError(first.code ?? 'USAGE', opened.unable.map(whyNot).join('\n'), {
    hint: 'Nothing was scored. Once it can, run the same command again.',
  });
}

export function whyNot({ name, problem }: OpenJudges['unable'][number]): string {
  return `judge ${name} cannot run here: ${problem}`;
}

async function openJudge(own: Judge, options: CallOptions, context: Context, terminal: Terminal) {
  const { findEndpoint } = await import('../../scoring/judges/endpoint.js');
  const { parseModel } = await import('../../scoring/judges/models.js');
  const { Chat } = await import('../../scoring/judges/chat.js');
  const { JudgeScorer } = await import('../../scoring/judges/judge-scorer.js');
  const { AnswerCache } = await import('../../scoring/judges/answer-cache.js');
  const { readNetwork } = await import('../access/read-network.js');
  const { model: typed, baseUrl, caCert } = options;
  const model = typed === undefined ? own.model : { ...own.model, ...parseModel(typed) };
  const judge = { ...own, model };
  const endpoint = findEndpoint(model, { environment: context.environment, baseUrl });
  if ('problem' in endpoint) return endpoint;
  const network = readNetwork(context, new URL(endpoint.url).origin, caCert);
  const onRetry = (retry: Retry) => terminal.wait(retry);
  const chat = new Chat({ endpoint, model, network, signal: context.signal, onRetry });
  const folder = join(readDataFolder(context, options), 'judges');
  const cache = AnswerCache.of(folder, judge, endpoint.url);
  return { scorer: new JudgeScorer(judge, chat, cache, options.price), chat };
}

/** Says before anything is asked how much that will be, from the first rows. */
export async function sayEstimates(
  scorers: readonly JudgeScorer[],
  reading: RunReading,
  terminal: Terminal,
): Promise<void> {
  if (scorers.length === 0) return;
  const { guessTokens } = await import('../../scoring/judges/judge-scorer.js');
  const { readRunsToScore } = await import('../../scoring/runs-to-score.js');
  for await (const group of readRunsToScore(reading)) {
    const rows = reading.experiment.runCount ?? group.length;
    for (const { judge, price } of scorers) {
      const tokens = group.reduce((sum, { row }) => sum + guessTokens(judge, row), 0);
      const about = Number(((tokens / group.length) * rows).toPrecision(2));
      const cost = price ? ` (${showDollars((about * price.input) / 1_000_000)})` : '';
      terminal.say(
        `judge ${judge.name} asks ${nameOfModel(judge)}: about ${showNumber(about)} input tokens${cost} for ${count(rows, 'run')}, less what it answered before`,
      );
    }
    return;
  }
}

export function judgesForPrograms(scorers: readonly JudgeScorer[]): object[] {
  return scorers.map(({ judge, usage, requests, cost }) => ({
    name: judge.name,
    model: nameOfModel(judge),
    ...forPrograms(usage, 'rows', 'cached', 'skipped', 'sampledOut'),
    requests,
    ...forPrograms(usage, 'inputTokens', 'outputTokens'),
    cost: cost ?? null,
  }));
}

export function sayUsage(scorers: readonly JudgeScorer[], terminal: Terminal): void {
  for (const { judge, usage, requests, cost } of scorers) {
    const { rows, cached, skipped, sampledOut, inputTokens, outputTokens } = usage;
    const judged = `${count(rows, 'row')}, ${showNumber(cached)} answered before`;
    const parts = [
      ...(skipped > 0 ? [`${showNumber(skipped)} skipped for lack of what the prompt shows`] : []),
      ...(sampledOut > 0 ? [`${showNumber(sampledOut)} not sampled`] : []),
      `${count(requests, 'request')}, ${showNumber(inputTokens)} input and ${showNumber(outputTokens)} output tokens`,
      ...(cost === undefined ? [] : [showDollars(cost)]),
    ];
    terminal.say(`judge ${judge.name}: ${[judged, ...parts].join('; ')}`);
  }
}

function showDollars(dollars: number): string {
  return `$${Number(dollars.toPrecision(3))}`;
}
