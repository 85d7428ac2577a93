import { LsRecordError } from '../errors.js';
import type { OpenedSource, Row, RowsOptions, Sample, Source } from '../input/row.js';
import { isJsonObject, type JsonObject } from '../json/value.js';
import { splitHeader } from './columns.js';
import type { ColumnAnswer } from './named-columns/named-columns.js';
import { recognise } from './recognise.js';
import type { RecognisedSource } from './recognised.js';

/** Examples of a dataset, in our own shape, and what the file's columns are read as. */
export interface ExampleSource extends Source {
  readonly columns: readonly string[];
}

/**
 * Tells what is an example's input and reference in any file. Of results, what the app gave is left out; of questions
 * with answers, the answers are right.
 *
 * @throws {LsRecordError} `USAGE` if it is unclear which column is the input.
 */
export async function recogniseExamples(source: OpenedSource): Promise<ExampleSource> {
  if (isOwn(await source.sample())) return { ...source, columns: [] };
  const first = await recognise(source);
  if (first.format === 'native') return first;
  const answer = answerFor(first);
  const recognised = answer ? await recognise(source, { ...answer, format: 'columns' }) : first;
  const question = recognised.questions.find(({ choices }) =>
    choices.some(({ options }) => options.inputs),
  );
  if (question)
    throw new LsRecordError('USAGE', `${source.name}: ${question.message}`, {
      hint: `Rename the column to inputs.NAME. The columns are:\n${question.columns.join('\n')}`,
    });
  return {
    ...recognised,
    async *rows(options?: RowsOptions) {
      for await (const row of recognised.rows(options)) yield withoutOutputs(row);
    },
  };
}

/** Rows that have inputs by that name are read as they are. */
function isOwn({ kind, columns, rows }: Sample): boolean {
  if (kind === 'document') return false;
  if (kind === 'table') return columns.some((name) => splitHeader(name)[0] === 'inputs');
  return rows.length === 0 || rows.some((row) => Object.hasOwn(row, 'inputs'));
}

/** The input that is guessed, and, if nothing else is right, the answers. */
function answerFor({ format, questions, decisions }: RecognisedSource): ColumnAnswer | undefined {
  if (format !== 'columns') return undefined;
  const targets = (decisions().columns ?? []) as unknown as [string[], string[]][];
  const of = (head: string) =>
    targets.flatMap(([[column = '']]) => [column]).filter((_, at) => targets[at]?.[1][0] === head);
  const guesses = questions.filter(({ hasGuess }) => hasGuess);
  const inputs = guesses.flatMap(({ choices: [first] }) => first?.options.inputs ?? []);
  const asked = guesses.flatMap(({ choices: [first] }) => {
    const { reference, outputs = [] } = first?.options ?? {};
    return reference ?? outputs;
  });
  const reference = of('reference_outputs').length > 0 ? [] : [...of('outputs'), ...asked];
  return inputs.length + reference.length > 0
    ? { inputs, reference: [...new Set(reference)] }
    : undefined;
}

function withoutOutputs(row: Row): Row {
  if (!isJsonObject(row.value)) return row;
  const { outputs: _, ...value }: JsonObject = row.value;
  return { ...row, value };
}
