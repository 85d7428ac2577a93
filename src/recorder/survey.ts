import type { ChildRun, Result } from '../results/result.js';
import { describeOversize } from '../results/row-size.js';
import { identify } from './identify.js';
import type { Job } from './job.js';
import type { Part } from './parts.js';
import type { RowProblem } from './recording.js';
import { TimeRange } from './times.js';

const MAX_MODELS = 20;
const MAX_PROBLEMS = 100;

/** What one reading of a part tells, before anything of it is sent. */
export interface Survey {
  readonly rows: number;
  readonly badRows: number;
  /** The first of them; a row can have several. */
  readonly problems: readonly RowProblem[];
  readonly range: TimeRange;
  /** Sentence → how many rows it is about. */
  readonly notes: Map<string, number>;
  /** The part's new examples are those from here to the table's end. */
  readonly firstExample: number;
  /** Rows whose inputs must come from the server. */
  readonly rowsWithoutInputs: number;
  readonly runs: number;
  readonly feedback: number;
  readonly models: ReadonlySet<string>;
}

/** Reads all of a part once: counts, finds problems, names the examples. */
export async function surveyPart(
  job: Job,
  part: Part,
  onBytes: (chunk: Uint8Array) => void,
): Promise<Survey> {
  const { tally, examples, options } = job;
  const problems: RowProblem[] = [];
  const range = new TimeRange();
  const notes = new Map<string, number>();
  const models = new Set<string>();
  const firstExample = examples.size;
  const { bytes: maxBytes } = await job.client.limits();
  const count = { rows: 0, badRows: 0, rowsWithoutInputs: 0, runs: 0, feedback: 0 };

  for await (const checked of part.rows({ onBytes })) {
    part.signal?.throwIfAborted();
    count.rows++;
    if (count.rows % 100 === 0) options.onProgress?.(tally.progress('reading', count.rows));

    const found =
      'problems' in checked
        ? checked.problems
        : (sizeProblems(checked.result, maxBytes) ??
          identityProblems(job, checked.row.index, checked.result));
    if (found.length > 0 || 'problems' in checked) {
      count.badRows++;
      if (problems.length < MAX_PROBLEMS)
        problems.push(...found.map((problem) => ({ ...checked.row.origin, ...problem })));
      continue;
    }

    const { result } = checked;
    for (const note of checked.notes) notes.set(note, (notes.get(note) ?? 0) + 1);
    range.add(result);
    tally.outcome.add(result);
    if (result.inputs === undefined) count.rowsWithoutInputs++;
    const model = result.metadata.ls_model_name;
    if (typeof model === 'string' && models.size < MAX_MODELS) models.add(model);
    const sizes = countRuns(result);
    count.runs += sizes.runs;
    count.feedback += sizes.feedback;
  }

  return { ...count, problems, range, notes, firstExample, models };
}

function sizeProblems(result: Result, maxBytes: number): { message: string }[] | undefined {
  const message = describeOversize(result, maxBytes);
  return message === undefined ? undefined : [{ message }];
}

/** Why a row cannot be tied to an example; ties it if it can. */
function identityProblems(
  job: Job,
  rowIndex: number,
  result: Result,
): { field: string; message: string }[] {
  const identity = job.options.identity ?? 'content';
  const named = identify(job.datasetId, identity, result);
  if (!named) {
    return [{ field: 'id', message: 'is missing; examples are named by it (--identity id)' }];
  }
  if (job.examples.add(rowIndex, named.id, named.content)) return [];
  const message =
    identity === 'id'
      ? 'names two examples: an earlier row has this id and other content'
      : 'are those of an earlier row that has another reference, metadata or split (--identity inputs)';
  return [{ field: identity === 'id' ? 'id' : 'inputs', message }];
}

function countRuns(run: Result | ChildRun): { runs: number; feedback: number } {
  const total = { runs: 1, feedback: run.feedback.length };
  for (const child of run.childRuns) {
    const below = countRuns(child);
    total.runs += below.runs;
    total.feedback += below.feedback;
  }
  return total;
}
