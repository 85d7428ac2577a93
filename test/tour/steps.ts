/** What a newcomer types, and how it ends. */
export interface Step {
  readonly line: string;
  readonly status: number;
  /** What later steps need. */
  readonly makesFile?: true;
  /** Lines that the screen says to type next, as `adviceOn` reads them. */
  readonly leadsTo?: readonly string[];
}

/** `$REFUSING` is the address of a server that answers 403. */
export const STEPS: readonly Step[] = [
  {
    line: 'ls-record',
    status: 0,
    leadsTo: [
      'ls-record validate results.jsonl',
      'ls-record record results.jsonl --dataset capitals',
      'ls-record open',
      'ls-record --help',
    ],
  },
  {
    line: 'ls-record open --print',
    status: 2,
    leadsTo: ['ls-record record results.jsonl --dataset capitals'],
  },
  {
    line: 'cp node_modules/ls-record/fixtures/quickstart.jsonl results.jsonl',
    status: 0,
    makesFile: true,
  },
  {
    line: 'ls-record validate results.jsonl',
    status: 0,
    leadsTo: ['ls-record record results.jsonl --dataset NAME'],
  },
  {
    line: 'ls-record record results.jsonl',
    status: 2,
    leadsTo: ['ls-record record results.jsonl --dataset capitals'],
  },
  {
    line: 'CI=true ls-record record results.jsonl --dataset capitals',
    status: 4,
    leadsTo: [
      'ls-record login',
      'CI=true ls-record record results.jsonl --dataset capitals --local',
    ],
  },
  {
    line: 'LANGSMITH_API_KEY=wrong ls-record record results.jsonl --dataset capitals',
    status: 4,
    leadsTo: ['ls-record doctor'],
  },
  {
    line: 'LANGSMITH_API_KEY=wrong ls-record record results.jsonl --dataset capitals --endpoint $REFUSING',
    status: 4,
    leadsTo: ['ls-record doctor'],
  },
  {
    line: 'ls-record results.jsonl',
    status: 2,
    leadsTo: ['ls-record record results.jsonl --dataset NAME', 'ls-record --help'],
  },
  {
    line: 'ls-record record result.jsonl --dataset capitals --local',
    status: 3,
    leadsTo: ['ls-record record results.jsonl --dataset capitals --local'],
  },
  { line: 'ls-record record missing/run.jsonl --dataset capitals --local', status: 3 },
  { line: "printf '%%PDF-1.7\\n1 0 obj\\n' > paper.pdf", status: 0, makesFile: true },
  {
    line: 'ls-record record paper.pdf --dataset capitals --local',
    status: 3,
  },
  { line: 'touch empty.jsonl', status: 0, makesFile: true },
  { line: 'ls-record record empty.jsonl --dataset capitals --local', status: 3 },
  {
    line: 'ls-record recrod results.jsonl --dataset capitals --local',
    status: 2,
    leadsTo: ['ls-record --help', 'ls-record record results.jsonl --dataset capitals --local'],
  },
  {
    line: 'ls-record record results.jsonl --datasett capitals --local',
    status: 2,
    leadsTo: [
      'ls-record record --help',
      'ls-record record results.jsonl --dataset capitals --local',
    ],
  },
  { line: 'ls-record record results.jsonl --dataset capitals --local', status: 0 },
  { line: 'ls-record record results.jsonl --dataset capitals --local', status: 0 },
  { line: 'ls-record experiments list capitals --local', status: 0 },
  { line: 'ls-record experiments show capitals-dd80d3dd --local', status: 0 },
  { line: 'ls-record datasets list --local', status: 0 },
  { line: 'ls-record open --print --local', status: 0 },
];
