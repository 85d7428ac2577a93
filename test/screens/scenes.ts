import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Setup } from '../cli/command-line.js';
import { AUTHORITY } from '../support/certificates.js';
import type { SERVERS } from './servers.js';

/** What somebody types, and where. */
export interface Scene extends Pick<Setup, 'environment' | 'stdin'> {
  /** Of its golden file. */
  readonly name: string;
  /** Shown as it would be typed, so no word of it has a space. */
  readonly argv: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  /** Command lines that come before, whose screens are not looked at. */
  readonly after?: readonly (readonly string[])[];
  /** At home before all else; its examples are listed in the same order each time. */
  readonly dataset?: string;
  readonly server?: keyof typeof SERVERS;
  /** It leaves the machine other than it was. */
  readonly writes?: boolean;
  /** Words on a screen that waits for somebody, who then looks at it and types Ctrl-C. */
  readonly until?: string;
  readonly status?: number;
  /** With nobody there, if that is another one. */
  readonly statusPiped?: number;
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

/** Two experiments that differ in all that can be said of them. */
const judged = (n: number, prompt: string, more: object) =>
  JSON.stringify({
    inputs: { question: `Question ${n}?` },
    outputs: { answer: 'yes' },
    latency: n / 4,
    metadata: { prompt, usage_metadata: { input_tokens: 100 * n, total_tokens: 100 * n } },
    ...more,
  });
const contest = {
  files: {
    'main.jsonl': [
      judged(1, 'v1', { scores: { closeness: 0.25, correct: false, tone: 'kind' } }),
      judged(2, 'v1', { scores: { closeness: 0.75, correct: true, tone: 'kind' } }),
      judged(3, 'v1', { scores: { closeness: 1, correct: true, tone: 'curt' } }),
      judged(4, 'v1', { scores: { closeness: 0.5, correct: true } }),
      judged(5, 'v1', { outputs: null, error: 'RateLimitError: 429 Too Many Requests, try later' }),
    ].join('\n'),
    'nightly.jsonl': [
      judged(1, 'v2', { latency: 0.1, scores: { closeness: 0.5, correct: true, tone: 'kind' } }),
      judged(2, 'v2', { latency: 0.2, scores: { closeness: 0.25, correct: false, tone: 'curt' } }),
      judged(3, 'v2', { latency: 0.3, scores: { closeness: 0.875, correct: true, tone: 'curt' } }),
      judged(4, 'v2', { latency: 0.4, scores: { closeness: 0.5, correct: true } }),
      judged(6, 'v2', { latency: 0.5, scores: { closeness: 1, correct: true } }),
    ].join('\n'),
  },
  after: [
    words('record main.jsonl -d capitals -e main --metadata prompt=v1 --local'),
    words('record nightly.jsonl -d capitals -e nightly --metadata prompt=v2 --local'),
  ],
  dataset: 'capitals',
};

const manyScores = {
  files: {
    'results.jsonl': JSON.stringify({
      inputs: { question: 'Question 1?' },
      outputs: { answer: 'yes' },
      latency: 1.5,
      scores: Object.fromEntries(
        ['faithfulness', 'relevance', 'coherence', 'fluency', 'toxicity', 'helpfulness'].map(
          (key, at) => [key, at / 10],
        ),
      ),
    }),
  },
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

const textsOfTheWorld = [
  ['日本の首都はどこですか？', '東京'],
  ['한국의 수도는 어디입니까?', '서울'],
  ['😀 où est Zürich? 🇨🇭', '👍'],
  ['מהי בירת ישראל?', 'ירושלים'],
  ['cafe\u0301 au lait', 'n\u0303'],
  [ESCAPES, ESCAPES],
];
const worldlyExamples = {
  'examples.jsonl': textsOfTheWorld
    .map(([question, answer]) => JSON.stringify({ inputs: { question }, outputs: answer }))
    .concat(JSON.stringify({ inputs: { [ESCAPES]: 1, q: 2 }, outputs: { [ESCAPES]: ['東京'] } }))
    .join('\n'),
};

const profile = {
  '../user/.langsmith/config.json': JSON.stringify({
    profiles: { default: { api_key: 'lsv2_pt_0123456789abcdef' } },
  }),
};

const KEY = { LANGSMITH_API_KEY: 'lsv2_pt_0123456789abcdef0123456789abcdef_0123456789' };
/** A path that is as long on each machine. */
const trusting = {
  files: { 'authority.pem': readFileSync(AUTHORITY, 'utf8') },
  environment: { ...KEY, SSL_CERT_FILE: 'authority.pem' },
};

const recording: readonly Scene[] = [
  {
    name: 'record',
    argv: words('record results.jsonl -d capitals --local'),
    files: quickstart,
    writes: true,
  },
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
    writes: true,
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
    writes: true,
    status: 8,
  },
  {
    name: 'record-rows-refused',
    argv: words('record results.jsonl -d capitals'),
    files: rivals['before.jsonl'] ? { 'results.jsonl': rivals['before.jsonl'] } : {},
    server: 'refusing-rows',
    writes: true,
    status: 8,
  },
  {
    name: 'record-columns-untold',
    argv: words('record bank.csv -d capitals --local --no-input'),
    files: { 'bank.csv': 'alpha,beta\n1,2\n3,4\n' },
    status: 2,
  },
  {
    name: 'record-no-results',
    argv: words('record results.json -d capitals --local'),
    files: { 'results.json': '{"results": []}' },
    status: 3,
  },
  {
    name: 'record-pick-dataset',
    argv: words('record results.jsonl --local'),
    ...recorded,
    until: 'Enter to select',
    status: 130,
    statusPiped: 2,
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
  {
    name: 'validate-bad-rows',
    argv: words('validate results.jsonl'),
    files: badRows,
    status: 3,
  },
  { name: 'formats', argv: ['formats'] },
];

const looking: readonly Scene[] = [
  { name: 'datasets-list', argv: words('datasets list --local'), ...recorded },
  { name: 'datasets-list-empty', argv: words('datasets list --local') },
  {
    name: 'datasets-list-first-of-many',
    argv: words('datasets list --limit 5'),
    server: 'ten-thousand-datasets',
  },
  { name: 'datasets-show', argv: words('datasets show capitals --local'), ...recorded },
  {
    name: 'experiments-list',
    argv: words('experiments list capitals --local --sort correct'),
    files: rivals,
    after: recordRivals,
  },
  {
    name: 'experiments-list-many-scores',
    argv: words('experiments list capitals --local'),
    ...manyScores,
  },
  { name: 'experiments-show', argv: words('experiments show main --local'), ...contest },
  {
    name: 'experiments-compare',
    argv: words('experiments compare main nightly --local'),
    ...contest,
  },
  {
    name: 'examples-list',
    argv: words('examples list capitals --local'),
    ...recorded,
    dataset: 'capitals',
  },
  {
    name: 'datasets-delete',
    argv: words('datasets delete capitals --local'),
    ...recorded,
    until: 'Delete dataset',
    status: 130,
    statusPiped: 2,
  },
  { name: 'open-in-container', argv: words('open --print --local'), ...recorded },
];

const names: readonly Scene[] = [
  {
    name: 'unicode-record',
    argv: words('record results.jsonl -d 首都 -e 実験😀 --local'),
    files: unicodeRows,
    writes: true,
  },
  {
    name: 'unicode-examples-list',
    argv: words('examples list 首都 --local'),
    files: worldlyExamples,
    after: [words('datasets create 首都 --from examples.jsonl --append --local')],
    dataset: '首都',
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
  {
    name: 'login-refused',
    argv: ['login'],
    stdin: KEY.LANGSMITH_API_KEY,
    server: 'refusing-keys',
    status: 4,
  },
  { name: 'doctor', argv: ['doctor'], ...trusting, server: 'all-well' },
  { name: 'doctor-no-key', argv: ['doctor'], statusPiped: 4 },
  {
    name: 'doctor-wrong-key',
    argv: ['doctor'],
    ...trusting,
    server: 'refusing-keys',
    status: 4,
  },
  { name: 'whoami', argv: ['whoami'], ...trusting, server: 'all-well' },
  {
    name: 'whoami-nobody',
    argv: ['whoami'],
    environment: { LS_RECORD_HOME: '/srv/evals' },
    statusPiped: 4,
  },
  { name: 'logout', argv: ['logout'], files: profile, writes: true },
  { name: 'logout-nobody', argv: ['logout'] },
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
