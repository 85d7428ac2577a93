import type { ExperimentSummary } from '../../prepare/experiment-tally.js';
import type { Survey } from '../../prepare/survey.js';
import { forPrograms } from '../screen/for-programs.js';
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
      scores: scores.map((one) => forPrograms(one, 'key', 'score', 'comment')),
    })),
    notes,
    problem_count: problemCount,
    problems: problemsForPrograms(problems),
  };
}

function experimentForPrograms(experiment: ExperimentSummary): object {
  const { label, scores, tokens } = experiment;
  return {
    label: label || null,
    ...forPrograms(experiment, 'rows', 'errors', 'examples', 'repeated', 'models'),
    scores: scoresForPrograms(scores),
    tokens: forPrograms(tokens, 'input', 'output', 'total'),
    ...forPrograms(experiment, 'cost', 'latency', 'earliest', 'latest'),
  };
}
