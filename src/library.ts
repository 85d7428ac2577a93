import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LsRecordError } from './errors.js';
import { fromRows } from './input/from-rows.js';
import { openSources } from './input/open.js';
import { prepare as prepareSources } from './prepare/prepare.js';
import type { Prepared, PrepareOptions } from './prepare/prepared.js';
import { redactSources } from './prepare/redact/redact-source.js';
import type { RedactOptions } from './prepare/redact/redactor.js';
import { recordSources } from './recorder/record.js';
import type { RecordOptions } from './recorder/record-options.js';
import type { Recording } from './recorder/recording.js';
import { joinParts } from './results/join-parts.js';
import type { ColumnQuestion } from './results/named-columns/named-columns.js';
import { nativeSource } from './results/native.js';
import { recognise } from './results/recognise.js';
import type { RecognisedSource, RecogniseOptions } from './results/recognised.js';
import { type ScoreFunction, scorersOf } from './scoring/functions.js';
import { AnswerCache } from './scoring/judges/answer-cache.js';
import { Chat } from './scoring/judges/chat.js';
import { buildRule, type JudgeInput, readDefinition } from './scoring/judges/definition.js';
import { type CannotRun, findEndpoint, type Surroundings } from './scoring/judges/endpoint.js';
import { describeJudge, readNewJudge } from './scoring/judges/judge.js';
import { JudgeScorer } from './scoring/judges/judge-scorer.js';
import { type ProgramOptions, programScorer } from './scoring/program.js';
import { scoringOf } from './scoring/score-rows.js';
import {
  type ScoreOptions as ScoreRunsOptions,
  type Scoring,
  scoreRuns,
} from './scoring/score-runs.js';
import type { Scorer } from './scoring/scorer.js';

/** Rows that a program has in hand, or the paths of files that hold them. */
export type Rows = string | Iterable<unknown> | AsyncIterable<unknown>;

/** How rows or files are read; names are those of the command's flags. */
export interface ReadOptions extends Omit<RecogniseOptions, 'metadata'>, RedactOptions {
  /** Stands where a file's name would, for rows that are not in a file. Default `rows`. */
  readonly name?: string | undefined;
  /** What separates the columns of a table: a character, or `tab`. Default: found by its content. */
  readonly delimiter?: string | undefined;
  /** The sheet of a workbook, or the table of Markdown, by its name. Default: the first that has inputs and outputs. */
  readonly sheet?: string | undefined;
  /** Columns that go into the metadata of runs. */
  readonly metadataColumns?: readonly string[] | undefined;
  /** Where a stream is kept that has to be read twice. Default: a folder that is removed. */
  readonly spoolFolder?: string | undefined;
}

/** What scores rows: functions, checks such as `exact` or `numeric:0.01`, and what `judge` and `program` return. */
export type Scorers = readonly (ScoreFunction | string | Scorer)[];

export interface ScoreOptions extends Omit<ScoreRunsOptions, 'experiment' | 'signal'> {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Records rows or files as experiments: an accepted row becomes one run with its example, feedback and children.
 *
 * @param rows what can be iterated only once, such as a generator, is recorded while it runs, or with scorers once it ended.
 * @param options.scorers score rows before they are recorded.
 * @returns a recording for each experiment that the rows tell apart, mostly one.
 * @throws {LsRecordError} `RESULT_INVALID` if rows are bad and `onInvalid` is `fail`; then nothing was written.
 */
export async function record(
  rows: Rows,
  {
    scorers = [],
    ...options
  }: RecordOptions & ReadOptions & { readonly scorers?: Scorers | undefined },
): Promise<Recording[]> {
  if (scorers.length === 0)
    return withSources(rows, options, (sources) => recordSources(sources, options));
  const { signal = neverAborted() } = options;
  const scoring = scoringOf(scorersOf(scorers), signal, () => {});
  const held = typeof rows === 'string' ? rows : await collect(rows);
  return withSources(held, { ...options, isReadTwice: true }, (sources) =>
    recordSources(sources, { ...options, scoring }),
  );
}

/**
 * Scores the runs of an experiment that is recorded. Doing it again adds what is missing, and replaces what differs.
 *
 * @param experiment its name or id.
 * @throws {LsRecordError} `EXPERIMENT_NOT_FOUND`; `USAGE` for a check that there is not.
 */
export async function score(
  experiment: string,
  scorers: Scorers,
  options: ScoreOptions,
): Promise<Scoring> {
  const { client, signal = neverAborted() } = options;
  const named = await client.findExperiment(experiment);
  const found = named && (await client.experimentStats(named.id));
  const datasetId = found?.datasetId;
  if (!found || datasetId === undefined) {
    throw new LsRecordError('EXPERIMENT_NOT_FOUND', `no experiment "${experiment}"`);
  }
  return scoreRuns(scorersOf(scorers), { ...options, signal, experiment: { ...found, datasetId } });
}

/**
 * Reads rows or files once, and says what is in them; sends nothing.
 *
 * @throws {LsRecordError} where files cannot be read.
 */
export async function prepare(
  rows: Rows,
  options: PrepareOptions & ReadOptions = {},
): Promise<Prepared> {
  return withSources(rows, options, (sources) => prepareSources(sources, options));
}

export interface JudgeOptions extends Surroundings {
  /** Where answers are kept, so that the same rows are not asked about again. Default: nowhere. */
  readonly answersFolder?: string | undefined;
}

/**
 * A prompt that asks a model for a score, with the members that a judge has in a file.
 *
 * @param options.environment holds the model's key and address, as `process.env` does.
 * @throws {LsRecordError} `USAGE` for what is no judge, `MODEL_KEY` without a key.
 */
export function judge(definition: JudgeInput, options: JudgeOptions): Scorer {
  const own = orThrow(readNewJudge(buildRule(readDefinition(definition, 'the judge'))));
  const endpoint = orThrow(findEndpoint(own.model, options));
  const { answersFolder: folder } = options;
  const cache = folder === undefined ? undefined : AnswerCache.of(folder, own, endpoint.url);
  return {
    name: `judge ${own.name}`,
    definition: describeJudge(own),
    async *score(rows, signal) {
      const chat = new Chat({ endpoint, model: own.model, network: {}, signal });
      try {
        yield* new JudgeScorer(own, chat, cache).score(rows);
      } finally {
        await chat.close();
      }
    },
  };
}

function orThrow<T extends object>(found: T | CannotRun): T {
  if (!('problem' in found)) return found;
  throw new LsRecordError(found.code ?? 'USAGE', `the judge cannot run: ${found.problem}`);
}

/** A command of the shell that reads rows and writes scores, as JSON Lines. */
export function program(command: string, options: Omit<ProgramOptions, 'command'> = {}): Scorer {
  return programScorer({ ...options, command });
}

function neverAborted(): AbortSignal {
  return new AbortController().signal;
}

async function collect(rows: Exclude<Rows, string>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

interface OpenOptions extends ReadOptions {
  readonly isReadTwice?: boolean;
  readonly signal?: AbortSignal | undefined;
}

async function withSources<T>(
  rows: Rows,
  options: OpenOptions,
  work: (sources: readonly RecognisedSource[]) => Promise<T>,
): Promise<T> {
  const { spoolFolder = await mkdtemp(join(tmpdir(), 'ls-record-')) } = options;
  let sources: readonly RecognisedSource[] = [];
  try {
    sources = await openRows(rows, { ...options, spoolFolder });
    return await work(redactSources(sources, options));
  } finally {
    for (const source of sources) await source.close?.();
    if (options.spoolFolder === undefined) await rm(spoolFolder, { recursive: true, force: true });
  }
}

async function openRows(
  rows: Rows,
  options: OpenOptions & { readonly spoolFolder: string },
): Promise<RecognisedSource[]> {
  const paths = pathsIn(rows);
  if (!paths) return [nativeSource(fromRows(rows as Iterable<unknown>, options.name))];
  const { spoolFolder, signal, delimiter, sheet, isReadTwice, ...reading } = options;
  const recognised: RecognisedSource[] = [];
  const opened = await openSources(paths, { spoolFolder, signal, delimiter, sheet, isReadTwice });
  const wanted = { ...columnsOf(reading), metadata: options.metadataColumns };
  for (const source of opened) {
    const one = await recognise(source, wanted);
    recognised.push(one);
    const [question] = one.questions;
    if (!question) continue;
    for (const { close } of recognised) await close?.();
    throw new LsRecordError('USAGE', `${one.name}: ${question.message}`, {
      hint: hintAt(question),
    });
  }
  return joinParts(opened, recognised, wanted);
}

function hintAt({ choices: [first], columns }: ColumnQuestion): string {
  const example = first
    ? `Answer with options, for example ${JSON.stringify(first.options)}.\n`
    : '';
  return `${example}The columns are:\n${columns.join('\n')}`;
}

function pathsIn(rows: Rows): readonly string[] | undefined {
  if (typeof rows === 'string') return [rows];
  if (!Array.isArray(rows) || rows.length === 0) return undefined;
  return rows.every((row) => typeof row === 'string') ? rows : undefined;
}

/** Nothing but what says how files are read: any other member would look like an answer of a person. */
function columnsOf(options: RecogniseOptions): RecogniseOptions {
  const { format, rows, joined, inputs, outputs, reference, score, id, ignore, map } = options;
  const { systems } = options;
  return { format, rows, joined, inputs, outputs, reference, score, id, ignore, map, systems };
}
