import type { ExperimentSummary } from '../../prepare/experiment-tally.js';
import type { Survey } from '../../prepare/survey.js';
import { problemsForPrograms, scoresForPrograms } from './recording-words.js';

/** A report for programs; what is not known is null. */
export function reportForPrograms(report: Survey): object {
  const { files, rows, badRows, problems, problemCount, experiments, notes, summaries } = report;
  return {
    files: files.map((file) => ({ ...file, labels: file.labels.filter((label) => label !== '') })),
    rows,
    bad_rows: badRows,
    experiments: experiments.map(experimentForPrograms),
    summaries: summaries.map(({ experiment, scores }) => ({
      experiment: experiment ?? null,
      scores: scores.map(({ key, score, comment }) => ({ key, score, comment: comment ?? null })),
    })),
    notes,
    problem_count: problemCount,
    problems: problemsForPrograms(problems),
  };
}

function experimentForPrograms(experiment: ExperimentSummary): object {
  const { label, scores, tokens, cost, latency, earliest, latest } = experiment;
  const { rows, errors, examples, repeated, models } = experiment;
  return {
    label: label || null,
    rows,
    errors,
    examples,
    repeated,
    models,
    scores: scoresForPrograms(scores),
    tokens: {
      input: tokens.input ?? null,
      output: tokens.output ?? null,
      total: tokens.total ?? null,
    },
    cost: cost ?? null,
    latency: latency ?? null,
    earliest: earliest ?? null,
    latest: latest ?? null,
  };
}
