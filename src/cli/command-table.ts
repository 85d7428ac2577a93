import type { Command } from 'commander';
import type { Context } from './context.js';
import type { Finish } from './exit-status.js';

/** A word that can be typed, and what it leads to: a command, or more words. */
export type Entry = { readonly word: string; readonly summary: string } & (
  | { readonly load: (context: Context, finish: Finish) => Promise<Command> }
  | { readonly entries: readonly Entry[]; readonly examples: readonly string[] }
);

const datasets: readonly Entry[] = [
  {
    word: 'list',
    summary: 'list datasets, the latest used first',
    load: async (context) =>
      (await import('./commands/datasets/list.js')).datasetsListCommand(context),
  },
  {
    word: 'show',
    summary: 'show what a dataset holds and what was run on it',
    load: async (context) =>
      (await import('./commands/datasets/show.js')).datasetsShowCommand(context),
  },
  {
    word: 'create',
    summary: 'make a dataset, empty or of the examples in a file',
    load: async (context) =>
      (await import('./commands/datasets/create.js')).datasetsCreateCommand(context),
  },
  {
    word: 'export',
    summary: 'write the examples of a dataset into a file',
    load: async (context) =>
      (await import('./commands/datasets/export.js')).datasetsExportCommand(context),
  },
  {
    word: 'delete',
    summary: 'delete a dataset with its examples',
    load: async (context) =>
      (await import('./commands/datasets/delete.js')).datasetsDeleteCommand(context),
  },
];

const examples: readonly Entry[] = [
  {
    word: 'list',
    summary: 'list the examples of a dataset',
    load: async (context) =>
      (await import('./commands/examples/list.js')).examplesListCommand(context),
  },
];

const experiments: readonly Entry[] = [
  {
    word: 'list',
    summary: 'list the experiments of a dataset, newest first',
    load: async (context) =>
      (await import('./commands/experiments/list.js')).experimentsListCommand(context),
  },
  {
    word: 'show',
    summary: 'show what an experiment came to',
    load: async (context) =>
      (await import('./commands/experiments/show.js')).experimentsShowCommand(context),
  },
  {
    word: 'compare',
    summary: 'compare two experiments of a dataset',
    load: async (context) =>
      (await import('./commands/experiments/compare.js')).experimentsCompareCommand(context),
  },
  {
    word: 'pull',
    summary: 'write an experiment into a file that record reads',
    load: async (context) =>
      (await import('./commands/experiments/pull.js')).experimentsPullCommand(context),
  },
  {
    word: 'delete',
    summary: 'delete experiments with their runs and scores',
    load: async (context) =>
      (await import('./commands/experiments/delete.js')).experimentsDeleteCommand(context),
  },
];

/** All commands in groups, as help shows them. Each is loaded when it is wanted: a short start is worth it. */
export const COMMAND_GROUPS: readonly {
  readonly title: string;
  readonly entries: readonly Entry[];
}[] = [
  {
    title: 'Record:',
    entries: [
      {
        word: 'record',
        summary: 'record evaluation results as an experiment',
        load: async (context, finish) =>
          (await import('./commands/record.js')).recordCommand(context, finish),
      },
      {
        word: 'resume',
        summary: 'go on with a recording that was cut off',
        load: async (context, finish) =>
          (await import('./commands/resume.js')).resumeCommand(context, finish),
      },
      {
        word: 'validate',
        summary: 'say what is in results files, and what is wrong with them',
        load: async (context, finish) =>
          (await import('./commands/validate.js')).validateCommand(context, finish),
      },
      {
        word: 'formats',
        summary: 'list the formats of results that can be read',
        load: async (context) => (await import('./commands/formats.js')).formatsCommand(context),
      },
      {
        word: 'schema',
        summary: 'print the JSON Schema of a row of results',
        load: async (context) => (await import('./commands/schema.js')).schemaCommand(context),
      },
    ],
  },
  {
    title: 'Look:',
    entries: [
      {
        word: 'open',
        summary: 'look at what was recorded',
        load: async (context) => (await import('./commands/open.js')).openCommand(context),
      },
      {
        word: 'experiments',
        summary: 'what was recorded: list, show, compare, pull, delete',
        entries: experiments,
        examples: [
          'ls-record experiments list capitals',
          'ls-record experiments compare before after',
        ],
      },
      {
        word: 'datasets',
        summary: 'what experiments are run on: list, show, create, export, delete',
        entries: datasets,
        examples: ['ls-record datasets list', 'ls-record datasets show capitals'],
      },
      {
        word: 'examples',
        summary: 'what a dataset is made of: list',
        entries: examples,
        examples: ['ls-record examples list capitals'],
      },
      {
        word: 'serve',
        summary: 'keep the LangSmith of this machine running',
        load: async (context) => (await import('./commands/serve.js')).serveCommand(context),
      },
      {
        word: 'home',
        summary: 'show where this machine keeps what was recorded, or clean it',
        load: async (context) => (await import('./commands/home.js')).homeCommand(context),
      },
    ],
  },
  {
    title: 'Set up:',
    entries: [
      {
        word: 'login',
        summary: 'log in to LangSmith with an API key',
        load: async (context) => (await import('./commands/login.js')).loginCommand(context),
      },
      {
        word: 'logout',
        summary: 'forget the key of a login',
        load: async (context) => (await import('./commands/logout.js')).logoutCommand(context),
      },
      {
        word: 'whoami',
        summary: 'say who is logged in, and where things go',
        load: async (context) => (await import('./commands/whoami.js')).whoamiCommand(context),
      },
      {
        word: 'doctor',
        summary: 'find out why something does not work',
        load: async (context, finish) =>
          (await import('./commands/doctor.js')).doctorCommand(context, finish),
      },
      {
        word: 'completion',
        summary: 'let the shell complete what is typed',
        load: async (context) =>
          (await import('./commands/completion.js')).completionCommand(context),
      },
    ],
  },
];
