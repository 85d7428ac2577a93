import type { Declaration } from './command.js';

/** A word that can be typed, and what it leads to: a command, or more words. */
export type Entry = {
  readonly word: string;
  /** An order, as `list datasets`; help begins with it. */
  readonly summary: string;
} & (
  | { readonly load: Load }
  | { readonly entries: readonly Entry[]; readonly examples: readonly string[] }
);

type Load = () => Promise<{ readonly command: Declaration }>;

/** @param path of the file in `commands/` that declares it, loaded when it is typed: a short start is worth it. */
function command(path: string, summary: string): Entry {
  const file = `./commands/${path}.js`;
  return { word: path.replace(/.*\//, ''), summary, load: () => import(file) };
}

/** All commands in groups, as help shows them. */
export const COMMAND_GROUPS: readonly {
  readonly title: string;
  readonly entries: readonly Entry[];
}[] = [
  {
    title: 'Record:',
    entries: [
      command('record', 'record evaluation results as an experiment'),
      command('resume', 'resume an interrupted recording'),
      command('score', 'add scores to recorded runs'),
      command('push', 'send experiments from this machine to LangSmith'),
      command('validate', 'check results files without recording them'),
      command('formats', 'list supported formats of results'),
      command('schema', 'print the JSON Schema of a results row'),
    ],
  },
  {
    title: 'Look:',
    entries: [
      command('open', 'open an experiment or a dataset in the browser'),
      command('experiments/show', 'show the results of an experiment'),
      command('experiments/compare', 'compare experiments or files with a baseline'),
      {
        word: 'experiments',
        summary: 'list, show, compare, pull and delete experiments',
        entries: [
          command('experiments/list', 'list the experiments of a dataset, newest first'),
          command('experiments/show', 'show the results of an experiment'),
          command('experiments/compare', 'compare experiments or files with a baseline'),
          command('experiments/pull', 'write an experiment to a file that record reads'),
          command('experiments/delete', 'delete experiments with their runs and scores'),
        ],
        examples: ['experiments list capitals', 'experiments compare before after'],
      },
      {
        word: 'datasets',
        summary: 'list, show, create, export and delete datasets',
        entries: [
          command('datasets/list', 'list datasets, most recently used first'),
          command('datasets/show', 'show what a dataset contains and its experiments'),
          command('datasets/create', 'create a dataset, empty or from a file'),
          command('datasets/export', 'write the examples of a dataset to a file'),
          command('datasets/delete', 'delete a dataset with its examples'),
        ],
        examples: ['datasets list', 'datasets show capitals'],
      },
      {
        word: 'examples',
        summary: 'list the examples of a dataset',
        entries: [command('examples/list', 'list the examples of a dataset')],
        examples: ['examples list capitals'],
      },
      {
        word: 'evaluators',
        summary: 'list, show, add, remove, run, test and align LLM judges',
        entries: [
          command('evaluators/list', 'list the evaluators of a dataset'),
          command('evaluators/show', 'show the prompt and settings of an evaluator'),
          command('evaluators/add', 'add an LLM judge to a dataset, or change one'),
          command('evaluators/remove', 'remove an evaluator from its dataset'),
          command('evaluators/run', 'run an evaluator over an experiment'),
          command('evaluators/test', 'try a judge on a few rows, and write nothing'),
          command('evaluators/align', 'measure how far a judge agrees with people'),
        ],
        examples: [
          'evaluators list capitals',
          'evaluators add --ready correctness -d capitals --model openai:gpt-4o-mini',
          'evaluators align correctness --human correct -d capitals',
        ],
      },
      {
        word: 'queues',
        summary: 'list, show, create and fill annotation queues',
        entries: [
          command('queues/list', 'list annotation queues'),
          command('queues/show', 'show the rubric and progress of a queue'),
          command('queues/create', 'create an annotation queue'),
          command('queues/add', 'add runs of an experiment to a queue'),
        ],
        examples: [
          'queues create weekly --rubric correct',
          'queues add weekly nightly --rows failed',
        ],
      },
      command('report', 'write a comparison into one HTML file'),
      command('gate', 'fail if an experiment is worse than the baseline'),
      command('bless', 'make an experiment the baseline of its dataset'),
      command('serve', 'run the local LangSmith-compatible server'),
      command('home', 'show where this machine keeps recordings, or clean up'),
    ],
  },
  {
    title: 'Set up:',
    entries: [
      command('login', 'log in to LangSmith with an API key'),
      command('logout', 'remove the API key of a login'),
      command('whoami', 'show the current user and destination'),
      command('doctor', 'diagnose settings, network and access'),
      command('completion', 'print a completion script for a shell'),
    ],
  },
];
