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

/** Loads the file that declares a command, when it is typed: a short start is worth it. */
type Load = () => Promise<{ readonly command: Declaration }>;

function entry(word: string, summary: string, load: Load): Entry {
  return { word, summary, load };
}

const datasets: readonly Entry[] = [
  entry(
    'list',
    'list datasets, most recently used first',
    () => import('./commands/datasets/list.js'),
  ),
  entry(
    'show',
    'show what a dataset contains and its experiments',
    () => import('./commands/datasets/show.js'),
  ),
  entry(
    'create',
    'create a dataset, empty or from a file',
    () => import('./commands/datasets/create.js'),
  ),
  entry(
    'export',
    'write the examples of a dataset to a file',
    () => import('./commands/datasets/export.js'),
  ),
  entry(
    'delete',
    'delete a dataset with its examples',
    () => import('./commands/datasets/delete.js'),
  ),
];

const examples: readonly Entry[] = [
  entry('list', 'list the examples of a dataset', () => import('./commands/examples/list.js')),
];

const show = entry(
  'show',
  'show the results of an experiment',
  () => import('./commands/experiments/show.js'),
);
const compare = entry(
  'compare',
  'compare experiments or files with a baseline',
  () => import('./commands/experiments/compare.js'),
);

const evaluators: readonly Entry[] = [
  entry('list', 'list the evaluators of a dataset', () => import('./commands/evaluators/list.js')),
  entry(
    'show',
    'show the prompt and settings of an evaluator',
    () => import('./commands/evaluators/show.js'),
  ),
  entry(
    'add',
    'add an LLM judge to a dataset, or change one',
    () => import('./commands/evaluators/add.js'),
  ),
  entry(
    'remove',
    'remove an evaluator from its dataset',
    () => import('./commands/evaluators/remove.js'),
  ),
  entry('run', 'run an evaluator over an experiment', () => import('./commands/evaluators/run.js')),
  entry(
    'test',
    'try a judge on a few rows, and write nothing',
    () => import('./commands/evaluators/test.js'),
  ),
  entry(
    'align',
    'measure how far a judge agrees with people',
    () => import('./commands/evaluators/align.js'),
  ),
];

const experiments: readonly Entry[] = [
  entry(
    'list',
    'list the experiments of a dataset, newest first',
    () => import('./commands/experiments/list.js'),
  ),
  show,
  compare,
  entry(
    'pull',
    'write an experiment to a file that record reads',
    () => import('./commands/experiments/pull.js'),
  ),
  entry(
    'delete',
    'delete experiments with their runs and scores',
    () => import('./commands/experiments/delete.js'),
  ),
];

const queues: readonly Entry[] = [
  entry('list', 'list annotation queues', () => import('./commands/queues/list.js')),
  entry(
    'show',
    'show the rubric and progress of a queue',
    () => import('./commands/queues/show.js'),
  ),
  entry('create', 'create an annotation queue', () => import('./commands/queues/create.js')),
  entry('add', 'add runs of an experiment to a queue', () => import('./commands/queues/add.js')),
];

/** All commands in groups, as help shows them. */
export const COMMAND_GROUPS: readonly {
  readonly title: string;
  readonly entries: readonly Entry[];
}[] = [
  {
    title: 'Record:',
    entries: [
      entry(
        'record',
        'record evaluation results as an experiment',
        () => import('./commands/record.js'),
      ),
      entry('resume', 'resume an interrupted recording', () => import('./commands/resume.js')),
      entry('score', 'add scores to recorded runs', () => import('./commands/score.js')),
      entry(
        'push',
        'send experiments from this machine to LangSmith',
        () => import('./commands/push.js'),
      ),
      entry(
        'validate',
        'check results files without recording them',
        () => import('./commands/validate.js'),
      ),
      entry('formats', 'list supported formats of results', () => import('./commands/formats.js')),
      entry(
        'schema',
        'print the JSON Schema of a results row',
        () => import('./commands/schema.js'),
      ),
    ],
  },
  {
    title: 'Look:',
    entries: [
      entry(
        'open',
        'open an experiment or a dataset in the browser',
        () => import('./commands/open.js'),
      ),
      show,
      compare,
      {
        word: 'experiments',
        summary: 'list, show, compare, pull and delete experiments',
        entries: experiments,
        examples: ['experiments list capitals', 'experiments compare before after'],
      },
      {
        word: 'datasets',
        summary: 'list, show, create, export and delete datasets',
        entries: datasets,
        examples: ['datasets list', 'datasets show capitals'],
      },
      {
        word: 'examples',
        summary: 'list the examples of a dataset',
        entries: examples,
        examples: ['examples list capitals'],
      },
      {
        word: 'evaluators',
        summary: 'list, show, add, remove, run, test and align LLM judges',
        entries: evaluators,
        examples: [
          'evaluators list capitals',
          'evaluators add --ready correctness -d capitals --model openai:gpt-4o-mini',
          'evaluators align correctness --human correct -d capitals',
        ],
      },
      {
        word: 'queues',
        summary: 'list, show, create and fill annotation queues',
        entries: queues,
        examples: [
          'queues create weekly --rubric correct',
          'queues add weekly nightly --rows failed',
        ],
      },
      entry(
        'report',
        'write a comparison into one HTML file',
        () => import('./commands/report.js'),
      ),
      entry(
        'gate',
        'fail if an experiment is worse than the baseline',
        () => import('./commands/gate.js'),
      ),
      entry(
        'bless',
        'make an experiment the baseline of its dataset',
        () => import('./commands/bless.js'),
      ),
      entry(
        'serve',
        'run the local LangSmith-compatible server',
        () => import('./commands/serve.js'),
      ),
      entry(
        'home',
        'show where this machine keeps recordings, or clean up',
        () => import('./commands/home.js'),
      ),
    ],
  },
  {
    title: 'Set up:',
    entries: [
      entry('login', 'log in to LangSmith with an API key', () => import('./commands/login.js')),
      entry('logout', 'remove the API key of a login', () => import('./commands/logout.js')),
      entry(
        'whoami',
        'show the current user and destination',
        () => import('./commands/whoami.js'),
      ),
      entry(
        'doctor',
        'diagnose settings, network and access',
        () => import('./commands/doctor.js'),
      ),
      entry(
        'completion',
        'print a completion script for a shell',
        () => import('./commands/completion.js'),
      ),
    ],
  },
];
