import { Argument, Option } from 'commander';
import type { LangSmith } from '../../../langsmith/client.js';
import type { Answer, RowToScore } from '../../../scoring/scorer.js';
import { declare } from '../../command.js';
import { parseCount } from '../../common-options.js';
import { findNamedExperiment, type NamedExperiment } from '../../datasets/named-experiment.js';
import { EXIT_STATUS } from '../../exit-status.js';
import { callOptions } from '../../scoring/call-options.js';
import {
  type CallOptions,
  findJudges,
  judgesForPrograms,
  openAllJudges,
  sayUsage,
} from '../../scoring/judges.js';

interface EvaluatorsTestOptions extends CallOptions {
  readonly rows?: number;
}

const ROWS = 3;

/** What the judge made of a row. */
interface Tried {
  readonly at: number;
  readonly row: string;
  readonly key: string;
  readonly score: string;
  readonly comment: string;
}

export const command = declare<EvaluatorsTestOptions, [string, string]>({
  details: 'Asks the model from here about a few rows, and writes nothing.',
  arguments: [
    new Argument('<name>', 'name or ID of the evaluator, or a file with a judge'),
    new Argument('<experiment>', 'experiment to take rows from: name, ID or URL'),
  ],
  options: [
    new Option('--rows <count>', `rows to try (default: ${ROWS})`).argParser(parseCount),
    ...callOptions(),
  ],
  examples: ['evaluators test correctness nightly', 'evaluators test judge.yaml nightly --rows 10'],
  async run({ context, terminal, connect, answer, finish }, [name, typed], options) {
    const { client } = await connect();
    const experiment = await findNamedExperiment(client, typed);
    const found = await findJudges([name], client, experiment.datasetId, context);
    const rows = await firstRows(client, experiment, options.rows ?? ROWS, context.signal);
    const { scorers, close } = await openAllJudges(found, options, context, terminal);
    try {
      const tried: Tried[] = [];
      for (const scorer of scorers)
        for await (const given of scorer.score(each(rows))) {
          for (const one of describe(given, rows)) tried.push(one);
          if ('feedback' in given && given.feedback.isError) finish(EXIT_STATUS.ROWS_REFUSED);
        }
      tried.sort((a, b) => a.at - b.at);
      answer(
        {
          rows: tried.map(({ at: _, ...shown }) => shown),
          judges: judgesForPrograms(scorers),
        },
        () => {
          if (tried.length > 0) terminal.answerTable(COLUMNS, tried);
          sayUsage(scorers, terminal);
        },
      );
    } finally {
      await close();
    }
  },
});

const COLUMNS = [
  { title: 'ROW', show: ({ row }: Tried) => row },
  { title: 'KEY', show: ({ key }: Tried) => key },
  { title: 'SCORE', show: ({ score }: Tried) => score },
  { title: 'COMMENT', show: ({ comment }: Tried) => comment },
];

async function firstRows(
  client: LangSmith,
  experiment: NamedExperiment,
  most: number,
  signal: AbortSignal,
): Promise<RowToScore[]> {
  const { readRunsToScore } = await import('../../../scoring/runs-to-score.js');
  const { datasetId } = experiment;
  const rows: RowToScore[] = [];
  for await (const group of readRunsToScore({ client, datasetId, experiment, signal })) {
    for (const { row } of group) rows.push(row);
    if (rows.length >= most) break;
  }
  return rows.slice(0, most);
}

async function* each(rows: readonly RowToScore[]): AsyncGenerator<RowToScore> {
  yield* rows;
}

function describe(given: Answer, rows: readonly RowToScore[]): Tried[] {
  if (!('feedback' in given)) return [];
  const { key, score, value, comment = '', isError } = given.feedback;
  const { id, exampleId } = rows.find(({ row }) => row === given.row) ?? {};
  const shown = isError ? 'failed' : String(score ?? value);
  return [{ at: given.row, row: id ?? exampleId ?? String(given.row), key, score: shown, comment }];
}
