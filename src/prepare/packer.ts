import type { Row } from '../input/row.js';
import { printJson } from '../json/print.js';
import type { CheckedRow, FieldProblem } from '../results/parse.js';
import type { Result } from '../results/result.js';
import { describeOversize, USUAL_MAX_BYTES } from '../results/row-size.js';
import type { VariantTally } from '../results/variants/tally.js';
import { uuidText } from '../uuid.js';
import { type ExampleName, ExampleTable, pairOf } from './example-table.js';
import { ExperimentTally } from './experiment-tally.js';
import { PAYLOAD, packResult, type RowHead } from './packed-row.js';
import { assumptionsOf } from './row-assumptions.js';
import { isInShare, type RowShare } from './row-share.js';
import { Changes } from './sendable.js';
import {
  countNote,
  MAX_PROBLEMS,
  type NoteCounts,
  type RowProblem,
  type SurveyTally,
} from './survey.js';

/** How rows become examples. */
export interface ExampleNaming {
  /**
   * Names the example that a result answers.
   *
   * @returns undefined for a row without an id of its own, where examples are named by it.
   */
  nameExample(result: Result): ExampleName | undefined;
  /** What makes two rows the same example; default: content. */
  readonly identity?: 'content' | 'inputs' | 'id' | undefined;
}

/** Takes the rows of a package, one after another. */
export interface RowWriter {
  add(file: string, head: RowHead, payloads: readonly string[]): void;
}

/** What all experiments of one reading share. */
export interface Shared extends ExampleNaming {
  readonly examples: ExampleTable;
  readonly survey: SurveyTally;
  /** Counts what rows that repeat examples differ in; undefined where that is decided. */
  readonly variants?: VariantTally | undefined;
  /** The limit of a request, before compression. */
  readonly maxRowBytes?: number | undefined;
  readonly keepsNumbers?: boolean | undefined;
  readonly part?: RowShare | undefined;
}

interface NamedExample extends Pick<RowHead, 'byContent' | 'isFirstByContent'> {
  readonly number: number;
  readonly id: string;
}

/** Checks, counts and packs the rows of one experiment. */
export class Packer {
  readonly #label: string;
  readonly #shared: Shared;
  readonly #writer: RowWriter | undefined;
  readonly tally: ExperimentTally;
  readonly changes = new Changes();
  readonly notes: NoteCounts = new Map();
  /** Rows so far, bad ones included, and those before the first of them. */
  row: number;
  badRows = 0;
  /** Rows of other shares. */
  others: number | undefined;
  /** The first of them. */
  readonly problems: RowProblem[] = [];
  /** The examples that rows name, paired with those that their content would name. */
  #pairs: ExampleTable | undefined;

  /** @param writer none: rows are only looked at. */
  constructor(label: string, shared: Shared, writer: RowWriter | undefined, firstRow = 0) {
    this.#label = label;
    this.#shared = shared;
    this.#writer = writer;
    this.tally = new ExperimentTally(label);
    this.row = firstRow;
    this.others = shared.part && 0;
  }

  /** @param isNative the row came as it is, not from a harness whose latency has a known unit. */
  add(checked: CheckedRow, isNative: boolean): void {
    const { survey, maxRowBytes = USUAL_MAX_BYTES } = this.#shared;
    survey.rows++;
    if (!isInShare(this.row, this.#shared.part)) {
      this.#leave(checked);
      return;
    }
    for (const what of checked.row.changes ?? []) this.changes.note(what);
    if ('problems' in checked) {
      this.#reject(checked, checked.problems);
      return;
    }
    const { row, result, notes } = checked;
    const oversize = describeOversize(result, maxRowBytes);
    const example = oversize === undefined ? this.#nameExample(result) : { message: oversize };
    if ('message' in example) {
      this.#reject(checked, [example]);
      return;
    }

    const isFirst = !this.tally.examples.has(example.number);
    const keysBefore = this.tally.scoreKeys;
    this.tally.add(result, example.number, survey.takesScoreKeys);
    this.#shared.variants?.add(this.#label, example.number, result);
    survey.scoreKeys += this.tally.scoreKeys - keysBefore;
    for (const note of notes) countNote(this.notes, note);
    for (const note of [...notes, ...assumptionsOf(row.value, isNative)]) survey.note(note);

    const { run, payloads } = packResult(result, {
      changes: this.changes,
      original: row.value,
      tellsExample: this.#shared.identity === 'id',
    });
    const number = this.#next(row);
    const { file, line, column } = row.origin;
    this.#writer?.add(
      file,
      {
        row: number,
        runId: row.runId,
        line,
        column,
        example: example.id,
        isFirst: isFirst || undefined,
        isNamed: result.exampleId !== undefined || undefined,
        byContent: example.byContent,
        isFirstByContent: example.isFirstByContent,
        id: result.id,
        split: result.split,
        ...run,
      },
      payloads,
    );
  }

  /** For others to record; but what tells experiments apart is decided over all rows, alike by all who share them. */
  #leave(checked: CheckedRow): void {
    this.others = (this.others ?? 0) + 1;
    this.#next(checked.row);
    const { variants, examples } = this.#shared;
    if (!variants || 'problems' in checked) return;
    const name = this.#shared.nameExample(checked.result);
    const number = name && examples.add(name);
    if (number !== undefined) variants.add(this.#label, number, checked.result);
  }

  #nameExample(result: Result): NamedExample | FieldProblem {
    const { examples, identity } = this.#shared;
    const name = this.#shared.nameExample(result);
    if (!name)
      return { field: 'id', message: 'is missing; it identifies the example (--identity id)' };
    const number = examples.add(name);
    if (number !== undefined) {
      const { id, byContent } = name;
      const isFirstByContent = this.#isNewPair(name) || undefined;
      return {
        number,
        id: uuidText(id),
        byContent: byContent && uuidText(byContent),
        isFirstByContent,
      };
    }
    return identity === 'id'
      ? {
          field: 'id',
          message: 'identifies two examples: an earlier row has this ID with other content',
        }
      : {
          field: 'inputs',
          message:
            'match an earlier row with another reference, metadata or split (--identity inputs)',
        };
  }

  #isNewPair(name: ExampleName): boolean {
    const pair = pairOf(name);
    if (!pair) return false;
    this.#pairs ??= new ExampleTable();
    return this.#pairs.addNew(pair);
  }

  #reject({ row }: CheckedRow, problems: readonly FieldProblem[]): void {
    this.badRows++;
    const found = problems.map((one) => ({ ...row.origin, ...one }));
    this.#shared.survey.addBadRow(found);
    for (const one of found) if (this.problems.length < MAX_PROBLEMS) this.problems.push(one);
    const problem = problems
      .map(({ field, message }) => (field ? `${field}: ${message}` : message))
      .join('; ');
    const number = this.#next(row);
    if (!this.#writer) return;
    const { file, line, column } = row.origin;
    const payloads = Array.from({ length: PAYLOAD.original }, () => '');
    payloads.push(printJson(row.value));
    this.#writer.add(file, { row: number, line, column, problem, text: row.text }, payloads);
  }

  #next({ index }: Row): number {
    const next = this.row++;
    return this.#shared.keepsNumbers ? index : next;
  }
}
