import { LsRecordError } from '../../errors.js';
import { compare } from '../../experiments/compare.js';
import {
  type RowFilter,
  type RowTexts,
  readTexts,
  rowsOf,
} from '../../experiments/compared-rows.js';
import { rulesFrom } from '../../experiments/rules.js';
import { needsOf, parseWhere, type Where, wordsIn } from '../../experiments/where.js';
import type { Connection } from '../access/connect.js';
import type { Session } from '../command.js';
import type { CommonOptions } from '../common-options.js';
import type { ReadingOptions } from '../recording/reading-options.js';
import { answerReport, type Block, reportAsMarkdown } from '../screen/report.js';
import type { Update } from '../screen/terminal.js';
import { count } from '../screen/words.js';
import { chooseTargets } from './choose-targets.js';
import type { ComparedPair } from './compared-pair.js';
import { comparisonJson, subjectJson } from './comparison-json.js';
import { comparisonBlocks } from './comparison-words.js';
import { type OpenedSide, openSides } from './read-compared.js';
import { rowBlock } from './row-words.js';
import { answerRowsAsCsv } from './rows-csv.js';
import {
  categoriesIn,
  type DirectionOptions,
  noteDirections,
  readConfigs,
  saveDirections,
  typedDirections,
} from './rules.js';

export interface CompareCommandOptions extends CommonOptions, ReadingOptions, DirectionOptions {
  readonly dataset?: string;
  readonly baseline?: string;
  readonly all?: boolean;
  readonly only?: RowFilter;
  readonly where?: string;
  readonly by?: string;
  readonly limit?: number;
  readonly csv?: boolean;
  readonly markdown?: boolean;
}

/** Rows that are named where none were asked for; for programs, more. */
const NAMED = 5;
const NAMED_IN_JSON = 100;

/** Compares what was typed, and answers. */
export async function compareTyped(
  session: Session,
  typed: readonly string[],
  options: CompareCommandOptions,
): Promise<void> {
  const { context, terminal, connect } = session;
  const where = options.where === undefined ? undefined : parseWhere(options.where);
  const typedWays = typedDirections(options);
  const { dataset, baseline } = options;
  const chosen = await chooseTargets(typed, baseline, { context, terminal, connect, dataset });
  // Files alone need no server.
  const connection = chosen.datasetId === undefined && !options.save ? undefined : await connect();
  const reading = {
    ...chosen,
    connection,
    asked: [...categoriesIn(typedWays), ...asked(where)],
    metadata: needsMetadata(where, options.by),
    options,
    context,
    terminal,
  };
  const { sides, close } = await terminal.spin('Reading scores', (update) =>
    openSides(reading, update),
  );
  try {
    const [first, ...others] = sides;
    if (!first || others.length === 0) throw nothingElse(first);
    const configs = await readConfigs(
      connection?.client,
      sides.map(({ subject }) => subject),
    );
    if (connection && options.save)
      await saveDirections(connection.client, typedWays, configs, terminal);
    const rules = rulesFrom(typedWays, configs);
    const pairs = await terminal.spin('Comparing', async (update) => {
      const compared: ComparedPair[] = [];
      for (const side of others)
        compared.push(
          await comparePair([first, side], {
            rules,
            where,
            options,
            connection,
            reason: chosen.reason,
            update,
          }),
        );
      return compared;
    });
    noteWhatWasAssumed(pairs, chosen.datasetId, session);
    noteDirections(
      pairs.flatMap(({ comparison }) => comparison.scores),
      typedWays,
      terminal,
    );
    await answer(pairs, options, session);
  } finally {
    await close();
  }
}

async function comparePair(
  sides: readonly [OpenedSide, OpenedSide],
  how: {
    readonly rules: ReturnType<typeof rulesFrom>;
    readonly where: Where | undefined;
    readonly options: CompareCommandOptions;
    readonly connection: Connection | undefined;
    readonly reason: string;
    readonly update: Update;
  },
): Promise<ComparedPair> {
  const [a, b] = sides;
  const { rules, where, options, connection, reason, update } = how;
  update(`Comparing ${b.subject.name} with ${a.subject.name}`);
  const comparison = await compare(a, b, { rules, where, by: options.by });
  const most = options.json ? NAMED_IN_JSON : NAMED;
  const rows = rowsOf(comparison).filter(({ status }) => status !== 'same' && status !== 'new');
  const named: RowTexts[] = [];
  for await (const row of readTexts(rows.slice(0, most), sides)) named.push(row);
  const { experiment: ofA } = a;
  const { experiment: ofB } = b;
  const page =
    connection && ofA && ofB && ofA.datasetId !== undefined
      ? connection.link(connection.client.links.experiments(ofA.datasetId, [ofA, ofB]))
      : undefined;
  return { comparison, sides, baselineReason: reason, named, by: options.by, url: page };
}

async function answer(
  pairs: readonly ComparedPair[],
  options: CompareCommandOptions,
  { terminal }: Session,
): Promise<void> {
  if (options.csv) return answerRowsAsCsv(pairs, (pair) => listedRows(pair, options), terminal);
  if (terminal.json) return answerAsJson(pairs, options, terminal);
  const isListed = options.all === true || options.only !== undefined;
  for (const [at, pair] of pairs.entries()) {
    if (at > 0) terminal.answer('');
    const report = comparisonBlocks(pair);
    const show = (blocks: readonly Block[]) => {
      if (!options.markdown) answerReport(blocks, terminal);
      else for (const line of reportAsMarkdown(blocks)) terminal.answer(line);
    };
    show(report);
    if (!isListed) continue;
    for await (const row of listedRows(pair, options)) {
      terminal.answer('');
      show([rowBlock(row)]);
    }
  }
}

async function answerAsJson(
  pairs: readonly ComparedPair[],
  options: CompareCommandOptions,
  terminal: Session['terminal'],
): Promise<void> {
  const isListed = options.all === true || options.only !== undefined;
  const comparisons = [];
  for (const pair of pairs) {
    const rows: RowTexts[] = [];
    if (isListed) for await (const row of listedRows(pair, options)) rows.push(row);
    comparisons.push(comparisonJson(pair, isListed ? rows : undefined));
  }
  const [first] = pairs;
  if (!first) return;
  const { sides, baselineReason: reason } = first;
  terminal.answerJson({
    baseline: { ...subjectJson(sides[0].subject, sides[0]), reason },
    comparisons,
  });
}

/** The rows that were asked for, with their words; without a choice, all. */
async function* listedRows(
  { comparison, sides }: ComparedPair,
  { only, limit = Number.POSITIVE_INFINITY }: CompareCommandOptions,
): AsyncGenerator<RowTexts> {
  let listed = 0;
  for await (const row of readTexts(rowsOf(comparison, only), sides, only)) {
    if (listed++ >= limit) return;
    yield row;
  }
}

function asked(where: Where | undefined) {
  return where ? wordsIn(where).map((word) => ({ ...word, isScore: false })) : [];
}

/** Rows' own metadata, unless only the example's splits are asked for. */
function needsMetadata(where: Where | undefined, by: string | undefined): boolean {
  return (by !== undefined && by !== 'split') || (where !== undefined && needsOf(where).metadata);
}

function noteWhatWasAssumed(
  pairs: readonly ComparedPair[],
  datasetId: string | undefined,
  { terminal }: Session,
): void {
  const sides = new Set(pairs.flatMap((pair) => pair.sides));
  for (const { subject, experiment } of sides) {
    if (subject.withoutExample > 0)
      terminal.warn(
        `${subject.name}: ${count(subject.withoutExample, 'run')} without an example, not compared`,
      );
    if (!experiment)
      terminal.note(
        datasetId === undefined
          ? `${subject.name} is a file; rows are paired by their inputs and reference`
          : `${subject.name} is a file; rows are paired by their example in the dataset`,
      );
  }
}

function nothingElse(only: OpenedSide | undefined): LsRecordError {
  return new LsRecordError(
    'USAGE',
    `nothing to compare ${only ? `"${only.subject.name}"` : 'it'} with`,
    { hint: 'Give the baseline first: another file, or an experiment.' },
  );
}
