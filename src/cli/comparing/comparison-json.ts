import type { ComparedRow, RowTexts } from '../../experiments/compared-rows.js';
import { differingSettings } from '../../experiments/settings.js';
import type { GroupCompared, KeyComparison } from '../../experiments/statistics.js';
import type { Subject } from '../../experiments/subject.js';
import type { Answer } from '../../experiments/texts.js';
import { verdictInWords } from '../../experiments/verdict-words.js';
import type { Printable } from '../../json/print.js';
import { forPrograms } from '../screen/for-programs.js';
import type { ComparedPair } from './compared-pair.js';
import type { OpenedSide } from './read-compared.js';

/** A comparison for programs. What less is better of has its `difference` as B − A too; `gain` is positive where B is better. */
export function comparisonJson(pair: ComparedPair, rows: readonly RowTexts[] | undefined) {
  const { comparison, sides, named, by, url } = pair;
  const { alignment, isFinished, chosen, groups } = comparison;
  const [{ experiment: a }, { experiment: b }] = sides;
  const byId = new Map(named.map((row) => [row.exampleId, row]));
  const list = (ids: readonly string[]) =>
    ids.map((id) => rowHead(byId.get(id), { exampleId: id }));
  return {
    experiment: subjectJson(comparison.b, sides[1]),
    examples: {
      both: alignment.both.length,
      only_baseline: alignment.absent.length,
      only_experiment: alignment.added.length,
      edited: alignment.changed.length,
      ...(chosen && { chosen: chosen.examples, chosen_of: chosen.of }),
    },
    lost: comparison.lost,
    is_finished: isFinished,
    failed: list(comparison.failed),
    fixed: list(comparison.fixed),
    absent: list(alignment.absent),
    edited: alignment.changed.map((pairOf) => ({ baseline: pairOf.a, experiment: pairOf.b })),
    added: list(alignment.added),
    scores: Object.fromEntries(comparison.scores.map((score) => [score.key, keyJson(score)])),
    measures: Object.fromEntries(comparison.measures.map((one) => [one.key, keyJson(one)])),
    categories: Object.fromEntries(
      comparison.categories.map(({ key, a: ofA, b: ofB }) => [
        key,
        { baseline: [...ofA], experiment: [...ofB] },
      ]),
    ),
    repetitions: Object.fromEntries(
      comparison.repetitions.map(({ key, a: ofA, b: ofB }) => [
        key,
        { baseline: ofA ?? null, experiment: ofB ?? null },
      ]),
    ),
    ...(groups && { by: by ?? null, groups: groups.map(groupJson) }),
    ...(rows && { rows: rows.map(rowJson) }),
    settings:
      a && b ? differingSettings(a, b).map((one) => forPrograms(one, 'name', 'a', 'b')) : [],
    url: url ?? null,
  };
}

export function subjectJson(subject: Subject, { experiment }: OpenedSide) {
  return {
    id: experiment ? subject.id : null,
    sha256: experiment ? null : subject.id,
    name: subject.name,
    start_time: experiment?.startTime ?? null,
    is_finished: subject.isFinished,
    examples: subject.rows.size,
    rows: subject.runs,
    errors: subject.errors,
    rows_without_example: subject.withoutExample,
    ...forPrograms(subject, 'latencyP50', 'totalTokens', 'totalCost'),
  };
}

function keyJson(key: KeyComparison): { readonly [name: string]: Printable } {
  const { judgement, pairs, direction, margin } = key;
  return {
    verdict: judgement.verdict,
    words: verdictInWords(key),
    underpowered: judgement.isUnderpowered,
    direction: direction.lowerIsBetter ? 'lower' : 'higher',
    direction_from: direction.source,
    n: pairs.gains.length,
    n_baseline: pairs.scoredA,
    n_experiment: pairs.scoredB,
    mean_baseline: key.meanA ?? null,
    mean_experiment: key.meanB ?? null,
    difference: key.difference ?? null,
    gain: judgement.mean ?? null,
    interval: key.interval ? [...key.interval] : null,
    p: judgement.p ?? null,
    p_adjusted: judgement.adjustedP ?? null,
    sensitivity: judgement.sensitivity ?? null,
    margin: margin?.value ?? null,
    margin_from: margin?.source ?? null,
    better: key.better,
    worse: key.worse,
    same: key.same,
    lost: key.lost,
    failed: pairs.failed.length,
    fixed: pairs.fixed.length,
    absent: key.absent.length,
  };
}

function groupJson({ group, examples, scores }: GroupCompared) {
  return {
    group,
    examples,
    scores: Object.fromEntries(scores.map((score) => [score.key, keyJson(score)])),
  };
}

/** A row by its names; what was read of it, where it was. */
function rowHead(row: RowTexts | undefined, { exampleId }: Pick<ComparedRow, 'exampleId'>) {
  const answer = row?.b ?? row?.a;
  return {
    example_id: exampleId,
    row_id: answer?.rowId ?? null,
    ...(answer && { inputs: answer.inputs }),
    ...(row?.b && { error: row.b.runs.find(({ error }) => error !== undefined)?.error ?? null }),
  };
}

function rowJson(row: RowTexts) {
  const { status, exampleId, baselineExampleId, scores, a, b } = row;
  return {
    status,
    row_id: (b ?? a)?.rowId ?? null,
    example_id: exampleId,
    baseline_example_id: baselineExampleId,
    scores: Object.fromEntries(
      scores.map((one) => [one.key, { baseline: one.a ?? null, experiment: one.b ?? null }]),
    ),
    inputs: (b ?? a)?.inputs ?? null,
    reference_outputs: (b ?? a)?.reference ?? null,
    baseline: runsJson(a),
    experiment: runsJson(b),
  };
}

function runsJson(answer: Answer | undefined) {
  return (answer?.runs ?? []).map((run) => forPrograms(run, 'outputs', 'error'));
}
