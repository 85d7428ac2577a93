import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Setup } from '../cli/command-line.js';

/** What somebody types, and where. */
export interface Scene extends Pick<Setup, 'environment' | 'stdin'> {
  /** Of its golden file. */
  readonly name: string;
  /** Shown as it would be typed, so no word of it has a space. */
  readonly argv: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  /** Command lines that come before, whose screens are not looked at. */
  readonly after?: readonly (readonly string[])[];
  /** A server in place of the cloud: one that takes no key, or one that refuses the rows that say so. */
  readonly server?: 'refusing-keys' | 'refusing-rows';
  readonly status?: number;
}

const fixture = (path: string) =>
  readFileSync(resolve(import.meta.dirname, '../../fixtures', path), 'utf8');

const quickstart = { 'results.jsonl': fixture('quickstart.jsonl') };
const words = (line: string) => line.split(' ');

const question = (n: number, given: string, right: string, score: number, seconds: number) =>
  JSON.stringify({
    inputs: { question: `Question ${n}?` },
    outputs: { answer: given },
    reference_outputs: { answer: right },
    scores: { correct: given === right, closeness: score },
    latency: seconds,
    metadata: { ls_provider: 'openai', ls_model_name: seconds < 1 ? 'gpt-4o-mini' : 'gpt-4o' },
  });
const rivals = {
  'before.jsonl': [1, 2, 3, 4, 5]
    .map((n) => question(n, n < 4 ? 'yes' : 'no', n < 5 ? 'yes' : 'no', n / 10, 0.5))
    .join('\n'),
  'after.jsonl': [1, 2, 3, 4, 5]
    .map((n) => question(n, n === 2 ? 'no' : 'yes', n < 5 ? 'yes' : 'no', n / 8, 1.5))
    .join('\n'),
};
const recordRivals = ['before', 'after'].map((name) =>
  words(`record ${name}.jsonl -d capitals -e ${name} --local`),
);
const recorded = {
  files: quickstart,
  after: [words('record results.jsonl -d capitals -e first --local')],
};

const badRows = {
  'results.jsonl': `${fixture('quickstart.jsonl').split('\n')[0]}
{"inputs": {"question": "What is left?"}}
{"inputs": {"question": "What is right?"}, "outputs": {"answer": "left"}, "end_time": "yesterday"}
{"inputs": {"question": "What is "unquoted"?"}}
`,
};

/** Names as people and attackers choose them. */
const unicodeRows = {
  'results.jsonl': ['日本の首都は？', '😀 où est Zürich?', 'cafe\u0301 au lait', '한국의 수도는?']
    .map((text) =>
      JSON.stringify({ inputs: { question: text }, outputs: '東京', scores: { 正解: 1 } }),
    )
    .join('\n'),
};
const ESCAPES = 'a\u001b[31mred\u001b]0;title\u0007\u202Eback';
const escapeRows = {
  'results.jsonl': JSON.stringify({ inputs: { [ESCAPES]: ESCAPES }, outputs: ESCAPES }),
};

const KEY = { LANGSMITH_API_KEY: 'lsv2_pt_0123456789abcdef0123456789abcdef_0123456789' };

const recording: readonly Scene[] = [
  { name: 'record', argv: words('record results.jsonl -d capitals --local'), files: quickstart },
  {
    name: 'record-again',
    argv: words('record results.jsonl -d capitals --local'),
    files: quickstart,
    after: [words('record results.jsonl -d capitals --local')],
  },
  {
    name: 'record-dry-run',
    argv: words('record results.jsonl -d capitals --local --dry-run'),
    files: quickstart,
  },
  {
    name: 'record-several',
    argv: words('record promptfoo.csv -d capitals --local'),
    files: { 'promptfoo.csv': fixture('formats/promptfoo.csv') },
  },
  {
    name: 'record-bad-rows',
    argv: words('record results.jsonl -d capitals --local'),
    files: badRows,
    status: 3,
  },
  {
    name: 'record-bad-rows-skipped',
    argv: words('record results.jsonl -d capitals --local --on-invalid skip'),
    files: badRows,
    status: 8,
  },
  {
    name: 'record-rows-refused',
    argv: words('record results.jsonl -d capitals'),
    files: rivals['before.jsonl'] ? { 'results.jsonl': rivals['before.jsonl'] } : {},
    server: 'refusing-rows',
    status: 8,
  },
  {
    name: 'record-columns-untold',
    argv: words('record bank.csv -d capitals --local --no-input'),
    files: { 'bank.csv': 'alpha,beta\n1,2\n3,4\n' },
    status: 2,
  },
];

const reading: readonly Scene[] = [
  {
    name: 'validate-promptfoo',
    argv: words('validate promptfoo.csv'),
    files: { 'promptfoo.csv': fixture('formats/promptfoo.csv') },
  },
  {
    name: 'validate-columns',
    argv: words('validate rag.csv'),
    files: { 'rag.csv': fixture('columns/rag.csv') },
  },
  { name: 'formats', argv: ['formats'] },
];

const looking: readonly Scene[] = [
  { name: 'datasets-list', argv: words('datasets list --local'), ...recorded },
  { name: 'datasets-list-empty', argv: words('datasets list --local') },
  { name: 'datasets-show', argv: words('datasets show capitals --local'), ...recorded },
  {
    name: 'experiments-list',
    argv: words('experiments list capitals --local --sort correct'),
    files: rivals,
    after: recordRivals,
  },
  { name: 'open-in-container', argv: words('open --print --local'), ...recorded },
];

const names: readonly Scene[] = [
  {
    name: 'unicode-record',
    argv: words('record results.jsonl -d 首都 -e 実験😀 --local'),
    files: unicodeRows,
  },
  ...['datasets list', 'experiments list 首都'].map((line) => ({
    name: `unicode-${line.replace(/ 首都/, '').replace(' ', '-')}`,
    argv: words(`${line} --local`),
    files: unicodeRows,
    after: [words('record results.jsonl -d 首都 -e 実験😀 --local')],
  })),
  ...['datasets list', 'datasets show', 'examples list'].map((line) => ({
    name: `escapes-${line.replace(' ', '-')}`,
    argv: [...words(line), ...(line === 'datasets list' ? [] : [ESCAPES]), '--local'],
    files: escapeRows,
    after: [['record', 'results.jsonl', '-d', ESCAPES, '-e', ESCAPES, '--local']],
  })),
];

const settingUp: readonly Scene[] = [
  { name: 'welcome', argv: [] },
  { name: 'help', argv: ['--help'] },
  { name: 'help-record', argv: words('record --help') },
  {
    name: 'login-refused',
    argv: ['login'],
    stdin: KEY.LANGSMITH_API_KEY,
    server: 'refusing-keys',
    status: 4,
  },
];

const wrongTurns: readonly Scene[] = [
  {
    name: 'no-dataset',
    argv: words('record results.jsonl --local --no-input'),
    files: quickstart,
    status: 2,
  },
  {
    name: 'no-key',
    argv: words('record results.jsonl -d capitals'),
    files: quickstart,
    environment: { CI: 'true' },
    status: 4,
  },
  {
    name: 'wrong-key',
    argv: words('record results.jsonl -d capitals'),
    files: quickstart,
    environment: KEY,
    server: 'refusing-keys',
    status: 4,
  },
  {
    name: 'no-such-file',
    argv: words('record result.jsonl -d capitals --local'),
    files: quickstart,
    status: 3,
  },
  {
    name: 'pdf',
    argv: words('record paper.pdf -d capitals --local'),
    files: { 'paper.pdf': '%PDF-1.7\n%âãÏÓ\n1 0 obj\n' },
    status: 3,
  },
  {
    name: 'empty-file',
    argv: words('record results.jsonl -d capitals --local'),
    files: { 'results.jsonl': '' },
    status: 3,
  },
  {
    name: 'no-such-dataset',
    argv: words('datasets show capitols --local'),
    ...recorded,
    status: 2,
  },
  {
    name: 'no-such-experiment',
    argv: words('experiments show frist --local'),
    ...recorded,
    status: 2,
  },
  { name: 'unknown-option', argv: words('record results.jsonl --datasett capitals'), status: 2 },
  { name: 'unknown-command', argv: words('recrod results.jsonl'), status: 2 },
  { name: 'unknown-subcommand', argv: words('experiments lsit capitals'), status: 2 },
];

export const SCENES: readonly Scene[] = [
  ...recording,
  ...reading,
  ...looking,
  ...names,
  ...settingUp,
  ...wrongTurns,
];
