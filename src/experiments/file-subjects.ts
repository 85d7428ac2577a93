import { join } from 'node:path';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../json/value.js';
import { readPackage } from '../prepare/package.js';
import { type PackedRow, unpackRow } from '../prepare/packed-row.js';
import { nameByContent, prepare } from '../prepare/prepare.js';
import type { PreparedExperiment } from '../prepare/prepared.js';
import type { Survey } from '../prepare/survey.js';
import { UsageTally } from '../prepare/usage-tally.js';
import { identify } from '../recorder/identify.js';
import { sourceId } from '../recorder/ids.js';
import type { ExampleIdentity } from '../recorder/record-options.js';
import { checkRow } from '../results/parse.js';
import type { RecognisedSource } from '../results/recognised.js';
import type { Result } from '../results/result.js';
import { uuidBytes, uuidText } from '../uuid.js';
import type { RunScore, ValueCount } from './scores.js';
import { meanOf } from './statistics.js';
import { type Category, type RunOutcome, type Subject, SubjectBuilder } from './subject.js';
import type { Answer, Texts } from './texts.js';

export interface FileReading {
  readonly sources: readonly RecognisedSource[];
  /** How it was typed; of several experiments in it, with the label of each. */
  readonly name: string;
  /** The dataset whose examples rows pair with, and those that other sides answer; undefined: only files are compared. */
  readonly dataset: { readonly id: string; readonly answered: ReadonlySet<string> } | undefined;
  /** Takes what is read of the rows until the comparison is printed. */
  readonly folder: string;
  readonly asked: readonly Category[];
  readonly signal: AbortSignal;
}

export interface FileSubjects {
  readonly subjects: readonly { readonly subject: Subject; readonly texts: Texts }[];
  readonly survey: Survey;
}

/** Reads a file as `record` would, and records nothing. Each of several experiments in it is a subject. */
export async function readFileSubjects(reading: FileReading): Promise<FileSubjects> {
  const { sources, name, folder, asked, signal } = reading;
  const builders = new Map<string, SubjectBuilder>();
  const exampleOf = namer(reading.dataset);
  let packages = 0;
  const prepared = await prepare(sources, {
    signal,
    newPackage: () => join(folder, String(packages++)),
    nameExample: (result) => ({ id: uuidBytes(exampleOf(result)), content: 0 }),
    check(row) {
      const checked = checkRow(row);
      if (!('result' in checked)) return checked;
      const label = row.experiment ?? '';
      const builder = builders.get(label) ?? new SubjectBuilder(asked);
      builders.set(label, builder);
      builder.add(outcomeOf(checked.result, exampleOf(checked.result)));
      return checked;
    },
  });
  const subjects = prepared.experiments.flatMap((experiment) => {
    const { label, isOneOfSeveral, sources: read } = experiment;
    const builder = builders.get(label);
    if (!builder) return [];
    const named = isOneOfSeveral ? `${name}:${label}` : name;
    const subject = builder.build({ id: sourceId(read), name: named, isFinished: true });
    return [{ subject, texts: textsOf(experiment) }];
  });
  return { subjects, survey: prepared.survey };
}

const IDENTITIES: readonly ExampleIdentity[] = ['content', 'inputs', 'id'];

/**
 * Names the example that a row answers: of the ways in which `record` names examples, the first that leads to one which
 * another side answers.
 */
function namer(dataset: FileReading['dataset']): (result: Result) => string {
  if (!dataset) return (result) => uuidText(nameByContent(result).id);
  return (result) => {
    const names = IDENTITIES.flatMap((identity) => {
      const name = identify(dataset.id, identity, result);
      return name ? [uuidText(name.id), ...(name.byContent ? [uuidText(name.byContent)] : [])] : [];
    });
    return names.find((id) => dataset.answered.has(id)) ?? names[0] ?? '';
  };
}

const US_PER_SECOND = 1_000_000;

function outcomeOf(result: Result, exampleId: string): RunOutcome {
  const { startTime, endTime, latencyUs, error, id, metadata } = result;
  const isTimed = startTime !== undefined && endTime !== undefined;
  const durationUs = isTimed ? endTime - startTime : latencyUs;
  const usage = new UsageTally();
  usage.add(result);
  const { tokens, cost } = usage.summarise();
  return {
    exampleId,
    isFailed: error !== undefined,
    scores: scoresOf(result),
    measures: {
      latency: durationUs === undefined ? undefined : durationUs / US_PER_SECOND,
      tokens: tokens.total,
      cost,
    },
    // As it is recorded.
    metadata: id === undefined ? metadata : { ...metadata, row_id: id },
  };
}

/** As a server would count them. */
function scoresOf({ feedback }: Result): RunScore[] {
  const byKey = new Map<string, { numbers: number[]; values: ValueCount[] }>();
  for (const { key, score, value } of feedback) {
    const { numbers, values } = byKey.get(key) ?? { numbers: [], values: [] };
    byKey.set(key, { numbers, values });
    if (score !== undefined) numbers.push(Number(score));
    const word = wordOf(value);
    if (word !== undefined) values.push({ value: word, n: 1 });
  }
  return [...byKey].map(([key, { numbers, values }]) => ({
    key,
    number: numbers.length === 0 ? undefined : meanOf(numbers),
    values,
  }));
}

function wordOf(value: JsonValue | undefined): string | undefined {
  const isWord =
    value !== undefined &&
    value !== null &&
    (typeof value !== 'object' || value instanceof JsonNumber);
  return isWord ? String(value) : undefined;
}

function textsOf({ path = '' }: PreparedExperiment): Texts {
  async function* answers(exampleIds?: readonly string[]): AsyncGenerator<Answer> {
    const wanted = exampleIds && new Set(exampleIds);
    const found = new Map<string, Answer>();
    for await (const rows of readPackage(
      path,
      ({ example }) => !wanted || wanted.has(example ?? ''),
    )) {
      for (const row of rows) {
        const { example, problem } = row.head;
        if (example === undefined || problem !== undefined || row.payloads.length === 0) continue;
        if (wanted && !wanted.has(example)) continue;
        found.set(example, addRow(found.get(example), example, row));
      }
    }
    yield* found.values();
  }
  return { answers, examples: answers };
}

function addRow(before: Answer | undefined, exampleId: string, packed: PackedRow): Answer {
  const row = unpackRow(packed);
  const error = typeof row.error === 'string' ? row.error : undefined;
  const run = { outputs: objectOf(row.outputs), error };
  if (before) return { ...before, runs: [...before.runs, run] };
  return {
    exampleId,
    inputs: objectOf(row.inputs) ?? {},
    reference: objectOf(row.reference_outputs),
    metadata: objectOf(row.example_metadata) ?? {},
    splits: packed.head.split ?? [],
    rowId: packed.head.id,
    place: `${packed.file}:${packed.head.line}`,
    runs: [run],
  };
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}
