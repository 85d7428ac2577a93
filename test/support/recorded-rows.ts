import type { readBack } from './read-back.js';

export interface TestChild {
  readonly name: string;
  readonly scores?: Readonly<Record<string, number | boolean>>;
  readonly child_runs?: readonly TestChild[];
}

/** A row that a test records. */
export interface TestRow {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly reference_outputs?: Readonly<Record<string, unknown>>;
  readonly scores?: Readonly<Record<string, number | boolean>>;
  readonly child_runs?: readonly TestChild[];
}

type Held = Awaited<ReturnType<typeof readBack>>;

/** What must be on the server for these rows, as sorted lines: runs, examples and feedback. */
export function wantedLines(rows: readonly TestRow[]): string[] {
  const lines = new Set<string>();
  const examples = rows.map((row) => print('example', row.inputs, row.reference_outputs ?? null));
  for (const example of examples) lines.add(example);

  const tree = (run: TestChild, row: TestRow): string[] => [
    print('run', row.inputs, row.outputs, run.name),
    ...scoreLines(run.scores ?? {}, row, run.name),
    ...(run.child_runs ?? []).flatMap((child) => tree(child, row)),
  ];
  const runs = rows.flatMap((row, n) => [
    `${print('run', row.inputs, row.outputs, 'root')} ${examples[n]}`,
    ...scoreLines(row.scores ?? {}, row, 'root'),
    ...(row.child_runs ?? []).flatMap((child) => tree(child, row)),
  ]);
  return [...lines, ...runs].sort();
}

function scoreLines(scores: object, row: TestRow, run: string): string[] {
  return Object.entries(scores).map(([key, score]) =>
    print('score', row.inputs, row.outputs, run, key, score),
  );
}

/** What is on the server, in the same words: something lost is a line less, something twice a line more. */
export function heldLines({ runs, roots, examples, feedback }: Held): string[] {
  const rootOf = new Map(roots.map((root) => [root.id, root]));
  const exampleLines = new Map(
    examples.map((example) => [example.id, print('example', example.inputs, example.outputs)]),
  );
  const nameOf = (run: Held['runs'][number]) => (run.parent_run_id === null ? 'root' : run.name);

  const runLines = runs.map((run) => {
    const root = rootOf.get(run.trace_id);
    const line = print('run', root?.inputs, root?.outputs, nameOf(run));
    return run.parent_run_id === null
      ? `${line} ${exampleLines.get(run.reference_example_id ?? '')}`
      : line;
  });
  const runOf = new Map(runs.map((run) => [run.id, run]));
  const feedbackLines = feedback.map(({ run_id, key, score }) => {
    const run = runOf.get(run_id);
    const root = rootOf.get(run?.trace_id ?? '');
    return print('score', root?.inputs, root?.outputs, run && nameOf(run), key, score);
  });
  return [...exampleLines.values(), ...runLines, ...feedbackLines].sort();
}

function print(...parts: unknown[]): string {
  return JSON.stringify(parts);
}
