import { appendFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LsRecordError } from '../../errors.js';
import { findChanged, grouping } from '../../experiments/compare.js';
import { judgeGate } from '../../experiments/gate/judge.js';
import { leaveOut } from '../../experiments/gate/quarantine.js';
import type { GateResult } from '../../experiments/gate/result.js';
import { readGateKey, type Thresholds } from '../../experiments/gate/thresholds.js';
import { rulesFrom } from '../../experiments/rules.js';
import type { Connection } from '../access/connect.js';
import type { Session } from '../command.js';
import type { CommonOptions } from '../common-options.js';
import { type Chosen, chooseTargets, findBlessedTarget } from '../comparing/choose-targets.js';
import { type OpenedSide, openSides } from '../comparing/read-compared.js';
import { categoriesIn, readConfigs, typedDirections } from '../comparing/rules.js';
import { datasetOf, findTargets } from '../comparing/targets.js';
import type { ReadingOptions } from '../recording/reading-options.js';
import { answerReport, reportAsMarkdown } from '../screen/report.js';
import { type ThresholdOptions, thresholdsFrom } from './gate-options.js';
import { gateAsJunit, gateBlocks, STICKY } from './gate-text.js';

export interface GateOptions extends CommonOptions, ReadingOptions, ThresholdOptions {
  readonly dataset?: string;
  readonly baseline?: string;
  readonly markdown?: boolean;
  readonly junit?: string;
}

const GATE_FAILED = 7;
/** Lost rows whose own ids are looked up. */
const LOST_NAMED = 20;

/** Judges an experiment or a file against the baseline, and says so in every way that was asked for. */
export async function runGate(
  session: Session,
  typed: string,
  options: GateOptions,
): Promise<void> {
  const { context, terminal, connect, finish } = session;
  const thresholds = thresholdsFrom(options, context);
  const chosen = await choose(typed, thresholds, options, session);
  if ('passed' in chosen) return answer(chosen, undefined, options, session);
  const connection = chosen.datasetId === undefined ? undefined : await connect();
  const typedWays = typedDirections({
    lowerIsBetter: thresholds.lower_is_better ?? [],
    higherIsBetter: thresholds.higher_is_better ?? [],
  });
  const { sides, close } = await terminal.spin('Reading scores', (update) =>
    openSides(
      {
        ...chosen,
        connection,
        asked: categoriesIn(typedWays),
        metadata: true,
        options,
        context,
        terminal,
      },
      update,
    ),
  );
  try {
    const result = await judge(sides, chosen, thresholds, connection);
    await answer(result, connection, options, session);
    if (!result.passed) finish(GATE_FAILED);
  } finally {
    await close();
  }
}

/**
 * The baseline is named or blessed, never guessed: a gate that drifts from run to run lets through what gets worse slowly.
 *
 * @returns the result itself on a first run that is let pass.
 */
async function choose(
  typed: string,
  thresholds: Thresholds,
  { baseline, dataset }: GateOptions,
  { context, terminal, connect }: Session,
): Promise<Chosen | GateResult> {
  const asking = { context, terminal, connect, dataset };
  if (baseline !== undefined) return chooseTargets([typed], baseline, asking);
  const [target] = await findTargets([typed], asking);
  const datasetId = target && (await datasetOf([target], asking));
  const judged = target?.kind === 'experiment' ? target.experiment : undefined;
  const found = datasetId === undefined ? undefined : await findBlessedTarget(datasetId, connect);
  if (found?.blessed && found.blessed.experiment.id === judged?.id) {
    throw new LsRecordError('USAGE', `"${judged.name}" is the blessed baseline itself`, {
      hint: 'Gate another experiment, or choose another baseline with --baseline EXPERIMENT.',
    });
  }
  if (target && found?.blessed)
    return { targets: [found.blessed, target], reason: 'blessed', datasetId };
  if (thresholds.first_run_ok && found?.dataset) {
    const { id, name } = judged ?? { id: typed, name: typed };
    const how = `ls-record bless ${judged ? name : 'EXPERIMENT'}`;
    const warning = `"${found.dataset.name}" has no baseline yet, so this first run passes; to set one: ${how}`;
    terminal.warn(warning);
    return firstRun({ id, name }, thresholds, warning);
  }
  throw new LsRecordError('USAGE', 'no baseline to compare it with', {
    hint: 'Bless one: ls-record bless EXPERIMENT\nOr give one: ls-record gate … --baseline EXPERIMENT (or a file)',
  });
}

function firstRun(
  experiment: GateResult['experiment'],
  thresholds: Thresholds,
  warning: string,
): GateResult {
  const examples = { both: 0, failed: 0, absent: 0, changed: 0, new: 0, quarantined: 0 };
  const nothing = { baseline: null, checks: [], lost: [], url: null };
  return {
    version: 1,
    passed: true,
    experiment,
    examples,
    warnings: [warning],
    thresholds,
    ...nothing,
  };
}

async function judge(
  sides: readonly OpenedSide[],
  { reason }: Chosen,
  thresholds: Thresholds,
  connection: Connection | undefined,
): Promise<GateResult> {
  const [baseline, judged, ...others] = sides;
  if (!baseline || !judged || others.length > 0) {
    throw new LsRecordError('USAGE', 'a gate needs one experiment and one baseline', {
      hint: `Found ${sides.length} experiments. Record a file that holds several, then gate each by name.`,
    });
  }
  const subjects = [baseline.subject, judged.subject] as const;
  const { directions, ranges } = rulesFrom(
    new Map(),
    await readConfigs(connection?.client, subjects),
  );
  const rowIdOf = (id: string) => {
    const own = subjects.map(({ metadata }) => metadata.get(id)?.row_id);
    return own.find((rowId) => typeof rowId === 'string');
  };
  const today = new Date().toISOString().slice(0, 10);
  const left = leaveOut(subjects, thresholds, rowIdOf, today);
  const groups = await readGroups(baseline, judged, thresholds);
  const found = judgeGate({
    a: left.a,
    b: left.b,
    thresholds,
    kept: directions.kept,
    ranges,
    changed: await findChanged(baseline, judged),
    groupOf: (id, field) => groups.get(field)?.(id),
    rowIdOf,
  });
  const page =
    connection && baseline.experiment && judged.experiment?.datasetId !== undefined
      ? connection.client.links.experiments(judged.experiment.datasetId, [
          baseline.experiment,
          judged.experiment,
        ])
      : undefined;
  const chosen = reason === 'blessed' ? 'blessed' : 'named';
  return {
    version: 1,
    passed: found.passed,
    baseline: { id: baseline.subject.id, name: baseline.subject.name, chosen },
    experiment: { id: judged.subject.id, name: judged.subject.name },
    examples: { ...found.examples, quarantined: left.examples },
    checks: found.checks,
    lost: await nameLost(found.lost, baseline),
    warnings: [...left.warnings, ...found.warnings],
    thresholds,
    url: page === undefined || !connection ? null : connection.link(page),
  };
}

/** The groups that keys such as `correct@topic=billing` ask for, by field. */
async function readGroups(
  baseline: OpenedSide,
  judged: OpenedSide,
  { no_worse, prove }: Thresholds,
) {
  const groups = new Map<string, (id: string) => string>();
  for (const name of Object.keys({ ...no_worse, ...prove })) {
    const field = readGateKey(name).group?.field;
    if (field !== undefined && !groups.has(field))
      groups.set(field, await grouping(baseline, judged, field));
  }
  return groups;
}

/** Gives lost rows their own ids, where they had some. */
async function nameLost(
  lost: GateResult['lost'],
  { texts }: OpenedSide,
): Promise<GateResult['lost']> {
  const unnamed = lost.filter(({ row_id }) => row_id === null).slice(0, LOST_NAMED);
  if (unnamed.length === 0) return lost;
  const names = new Map<string, string>();
  for await (const { exampleId, rowId } of texts.answers(unnamed.map((one) => one.example_id)))
    if (rowId !== undefined) names.set(exampleId, rowId);
  return lost.map((one) => ({ ...one, row_id: one.row_id ?? names.get(one.example_id) ?? null }));
}

async function answer(
  result: GateResult,
  connection: Connection | undefined,
  { markdown, junit }: GateOptions,
  { context, terminal }: Session,
): Promise<void> {
  // A link to a machine that is gone leads nowhere.
  const url = connection?.where === 'langsmith' ? (result.url ?? undefined) : undefined;
  const asMarkdown = () => [STICKY, ...reportAsMarkdown(gateBlocks(result, url))];
  if (junit !== undefined)
    await writeFile(resolve(context.workingFolder, junit), gateAsJunit(result));
  const { GITHUB_STEP_SUMMARY: summary } = context.environment;
  if (summary) await appendFile(summary, `${asMarkdown().join('\n')}\n`);
  if (terminal.json) {
    const { version: _, ...rest } = result;
    terminal.answerJson(rest);
  } else if (markdown) for (const line of asMarkdown()) terminal.answer(line);
  else {
    answerReport(gateBlocks(result, url), terminal);
    if (result.url !== null) terminal.answer(result.url);
  }
}
