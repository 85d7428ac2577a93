import { ASK_IF_WRITTEN } from '../../input/opened.js';
import type { Sample } from '../../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { hasMembers, listAt, objectAt } from '../format-kit/members.js';
import { mostRecords } from '../format-kit/rows.js';
import { holdsMeans } from './means.js';
import { isReport } from './swe-bench.js';

/** A file that a harness wrote, in which there is no answer to record. */
export interface NearMiss {
  /** What it is: `totals of HELM`. */
  readonly what: string;
  /** Which file has the answers. */
  readonly instead: string;
}

type Kind = NearMiss & { isOne(sample: Sample): boolean };

const KINDS: readonly Kind[] = [
  {
    what: 'a Jupyter notebook, whose cells are not rows',
    instead: "Write them from it: df.to_json('rows.jsonl', orient='records', lines=True).",
    isOne: ({ document }) =>
      listAt(document, 'cells') !== undefined && document.nbformat !== undefined,
  },
  {
    what: 'aggregated results of lm-evaluation-harness',
    instead: 'Name samples_<task>_<time>.jsonl, which lm_eval writes with --log_samples.',
    isOne: ({ document }) =>
      objectAt(document, 'results') !== undefined &&
      (objectAt(document, 'configs') ?? objectAt(document, 'config')) !== undefined &&
      objectAt(document, 'versions') !== undefined,
  },
  {
    what: 'aggregated results of lighteval',
    instead: 'Name details_<task>_<time>.parquet, which lighteval writes with --save-details.',
    isOne: ({ document }) =>
      objectAt(document, 'results') !== undefined &&
      objectAt(document, 'config_general') !== undefined,
  },
  {
    what: 'HELM statistics, without inputs and outputs',
    instead: 'Name scenario_state.json of the same run: it is read together with them.',
    isOne: (sample) =>
      mostRecords(sample, (record) => isStatistic(record) || isPerInstance(record)),
  },
  {
    what: 'settings of a HELM run, without inputs and outputs',
    instead: 'Name scenario_state.json of the same run.',
    isOne: ({ document }) =>
      objectAt(document, 'adapter_spec') !== undefined && hasMembers(document, 'scenario_spec'),
  },
  {
    what: 'a report of SWE-bench, which holds no patches',
    instead:
      'Name the predictions (preds.json, all_preds.jsonl): a report.json or results.json next to them is read too.',
    isOne: ({ document }) => isReport(document),
  },
  {
    what: 'requests of a batch, not their answers',
    instead: 'Give the answers of the API, and add these with --join REQUESTS.jsonl.',
    isOne: (sample) =>
      mostRecords(
        sample,
        (record) =>
          hasMembers(record, 'custom_id') &&
          (hasMembers(record, 'method', 'url', 'body') || objectAt(record, 'params') !== undefined),
      ),
  },
  {
    what: 'questions of MT-bench, without answers',
    instead: 'Name model_answer/<model>.jsonl or model_judgment/<judge>_single.jsonl.',
    isOne: (sample) =>
      mostRecords(
        sample,
        (record) =>
          hasMembers(record, 'question_id', 'category') &&
          listAt(record, 'turns') !== undefined &&
          !hasMembers(record, 'answer_id'),
      ),
  },
  {
    what: 'DeepEval’s cache, which holds scores without answers',
    instead: 'Name .latest_test_run.json, in the same folder.',
    isOne: ({ document }) => objectAt(document, 'test_cases_lookup_map') !== undefined,
  },
  {
    what: 'a report of unit tests by Vitest: none of the tests looked at has meta.eval',
    instead:
      'Give the report of a run with vitest-evals; if this is one, add --format vitest-evals.',
    isOne: ({ document }) => {
      const [file] = listAt(document, 'testResults') ?? [];
      return listAt(file, 'assertionResults') !== undefined;
    },
  },
  {
    what: 'evaluations of spans by Phoenix, without inputs and outputs',
    instead: 'Download the experiment as JSON or CSV.',
    isOne: (sample) =>
      namesOf(sample).includes('context.span_id') &&
      ['label', 'score'].some((name) => namesOf(sample).includes(name)) &&
      !namesOf(sample).some((name) => name.startsWith('attributes.')),
  },
  {
    what: 'a dataset run of Langfuse, which holds the ids of its traces alone',
    instead: 'Give the answer of GET /api/public/experiment-items.',
    isOne: ({ document }) => hasMembers((listAt(document, 'datasetRunItems') ?? [])[0], 'traceId'),
  },
  {
    what: 'a hit log of garak, without the attempts that did not succeed',
    instead: 'Name the report of the same run: garak.<run id>.report.jsonl.',
    isOne: (sample) =>
      mostRecords(sample, (record) =>
        hasMembers(record, 'attempt_id', 'probe', 'detector', 'goal'),
      ),
  },
  {
    what: 'prompts for a RAG evaluation by Amazon Bedrock, not yet evaluated',
    instead: 'Name <uuid>_output.jsonl, which the evaluation writes.',
    isOne: (sample) =>
      mostRecords(sample, (record) => {
        const [turn] = listAt(record, 'conversationTurns') ?? [];
        return objectAt(turn, 'prompt') !== undefined && !hasMembers(turn, 'results');
      }),
  },
  {
    what: 'aggregated results of a Harbor job',
    instead: 'Name the trials: <job>/*/result.json.',
    isOne: ({ document }) =>
      hasMembers(document, 'n_total_trials') && objectAt(document, 'stats') !== undefined,
  },
  {
    what: 'facts of a run of terminal-bench, without its trials',
    instead: 'Name results.json, next to it.',
    isOne: ({ document }) => hasMembers(document, 'run_id', 'agent_name', 'dataset_name'),
  },
  {
    what: 'tests for promptfoo, not yet answered',
    instead: 'Run promptfoo eval with -o output.json, and give that file.',
    isOne: ({ kind, columns }) =>
      kind === 'table' &&
      columns.some((name) => /^__expected\d*$/.test(name)) &&
      !columns.some((name) => /^(?:output|response|answer|completion)$/i.test(name)),
  },
  empty('results of promptfoo, without any result', ({ results }) =>
    isEmptyList(results, 'results'),
  ),
  empty(
    'a report of Evalite, without any result',
    ({ run, evals }) =>
      isJsonObject(run) &&
      Array.isArray(evals) &&
      evals.every((one) => isEmptyList(one, 'results')),
  ),
  empty('a test run of DeepEval, without any test case', (document) =>
    isEmptyList(objectAt(document, 'testRunData') ?? document, 'testCases'),
  ),
  empty(
    'a body to upload to LangSmith, without any result',
    (document) => hasMembers(document, 'experiment_name') && isEmptyList(document, 'results'),
  ),
  empty(
    'results of tau2, without any simulation',
    (document) => listAt(document, 'tasks') !== undefined && isEmptyList(document, 'simulations'),
  ),
  empty('a report of Vitest, without any test', (document) => isEmptyList(document, 'testResults')),
  {
    what: 'a summary, with means of a whole run and no rows',
    instead: 'Give the file that has a row for each example, with inputs and outputs.',
    isOne: holdsMeans,
  },
];

/** What a harness writes before it has a result, recognised by what surrounds the empty list. */
function empty(what: string, isOne: (document: JsonObject) => boolean): Kind {
  return {
    what: `${what} in it`,
    instead: ASK_IF_WRITTEN,
    isOne: ({ document }) => isOne(document),
  };
}

function isEmptyList(value: JsonValue | undefined, key: string): boolean {
  return listAt(value, key)?.length === 0;
}

/** Tells files that harnesses leave next to their results, and that are mistaken for those. */
export function findNearMiss(sample: Sample): NearMiss | undefined {
  return KINDS.find(({ isOne }) => isOne(sample));
}

/** Whether it is a statistic of a run, as in `stats.json`. */
function isStatistic(record: JsonObject): boolean {
  return (
    objectAt(record, 'name') !== undefined && hasMembers(record, 'count', 'sum', 'sum_squared')
  );
}

/** Whether it has the statistics of an instance, as in `per_instance_stats.json`. */
function isPerInstance(record: JsonObject): boolean {
  return (
    hasMembers(record, 'instance_id', 'train_trial_index') && listAt(record, 'stats') !== undefined
  );
}

function namesOf({ columns, rows }: Sample): readonly string[] {
  return columns.length > 0 ? columns : Object.keys(rows[0] ?? {});
}
