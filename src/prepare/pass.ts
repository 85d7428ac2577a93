import { createHash } from 'node:crypto';
import { Tolerated } from '../input/tolerated.js';
import type { JsonObject, JsonValue } from '../json/value.js';
import type { Feedback } from '../results/feedback.js';
import { type CheckedRow, checkRow } from '../results/parse.js';
import type { RecognisedSource } from '../results/recognised.js';
import { decideVariants } from '../results/variants/decide.js';
import { partSource } from '../results/variants/part-source.js';
import { type MemberPath, VariantTally } from '../results/variants/tally.js';
import { unwritable } from './disk.js';
import { ExampleTable } from './example-table.js';
import { PackageWriter, removePackage } from './package.js';
import { type ExampleNaming, Packer, type Shared } from './packer.js';
import type { Prepared, PreparedExperiment, PrepareOptions, SourceIdentity } from './prepared.js';
import { RowSet } from './row-set.js';
import { countNote, SurveyTally } from './survey.js';

const PROGRESS_ROWS = 1000;
const READING_VERSION = 1;

interface Packing {
  readonly packer: Packer;
  /** Undefined as long as all its rows are broken. */
  label: string | undefined;
  readonly writer: PackageWriter | undefined;
  readonly path: string | undefined;
}

/** What one reading came to. */
export interface ReadOnce {
  readonly prepared: Prepared;
  /** The same sources, if all rows together tell experiments apart: then they are to be read again. */
  readonly parted: readonly RecognisedSource[] | undefined;
}

/** With the scores that rows were given, by their number. */
export interface ScoredOptions extends PrepareOptions {
  readonly scores?: ReadonlyMap<number, readonly Feedback[]> | undefined;
}

/** One reading of all sources. */
export class Pass {
  readonly #options: ScoredOptions;
  /** Rows of all sources, wanted or not. */
  #rows = 0;
  #shared: Shared;
  readonly #survey: SurveyTally;
  readonly #paths: string[] = [];
  #bytes = 0;

  constructor(options: ScoredOptions & Pick<ExampleNaming, 'nameExample'>) {
    const { nameExample, identity, maxRowBytes, keepsNumbers, part } = options;
    this.#options = options;
    this.#survey = new SurveyTally(options);
    this.#shared = {
      nameExample,
      identity,
      maxRowBytes,
      keepsNumbers,
      part,
      examples: new ExampleTable(),
      survey: this.#survey,
    };
  }

  async read(sources: readonly RecognisedSource[]): Promise<ReadOnce> {
    const totalBytes = addUp(sources.map(({ bytes }) => bytes));
    const found: { experiment: PreparedExperiment; packing: Packing }[] = [];
    const read: SourceIdentity[] = [];
    const identities = new Map<string, number>();
    const decided: RecognisedSource[] = [];
    for (const group of groupsOf(sources, this.#options.each === true)) {
      const packings = new Map<string | undefined, Packing>();
      const hashes = new Map<RecognisedSource, string>();
      const variants = this.#beginVariants(group);
      const tolerated = new Tolerated();
      for (const source of group) {
        const bytes = await this.#readSource(source, packings, totalBytes, tolerated);
        hashes.set(source, bytes);
        read.push({ bytes, reading: readingOf(source) });
      }
      this.#survey.tolerated.addAll(tolerated);
      const [first] = packings.values();
      // Of the files, not of an experiment: it is said once.
      for (const sentence of tolerated.sentences())
        if (first) countNote(first.packer.notes, sentence);
      for (const source of partAlike(group, variants)) decided.push(source);
      for (const packing of packings.values()) {
        const experiment = await this.#finish(packing, group, hashes);
        found.push({ experiment: this.#asOneOf(experiment, identities), packing });
      }
    }
    const isParted = decided.some(({ variants }, at) => variants !== sources[at]?.variants);
    if (!isParted) this.#survey.checkWanted();

    const isOneOfSeveral = found.length > 1 || this.#survey.labelCount > 1;
    const all = found.map(({ experiment, packing }) => ({
      experiment: { ...experiment, isOneOfSeveral },
      packing,
    }));
    const counted = all.filter(({ packing }) => packing.packer.row > packing.packer.badRows);
    const known = new Set(sources.flatMap(({ assumptions }) => assumptions));
    const prepared: Prepared = {
      survey: this.#survey.summarise(
        decided,
        counted.map(({ experiment }) => experiment.facts),
        all.flatMap(({ packing }) => [...packing.packer.changes.sentences()]),
      ),
      experiments: all.map(({ experiment }) => experiment),
      sources: read,
      assumed: decided.flatMap(({ assumptions }) => assumptions).filter((text) => !known.has(text)),
      discard: removing(this.#paths),
      examples: this.#shared.examples,
      examplesOf: new Map(
        all.map(({ experiment, packing }) => [experiment, packing.packer.tally.examples]),
      ),
    };
    return { prepared, parted: isParted ? decided : undefined };
  }

  /** What is read once only stays as its beginning was read. */
  #beginVariants(group: readonly RecognisedSource[]): VariantTally | undefined {
    const isOpen = group.every(({ members, live }) => members && !live);
    const variants = isOpen ? new VariantTally(() => new RowSet()) : undefined;
    this.#shared = { ...this.#shared, variants };
    return variants;
  }

  discard(): Promise<void> {
    return removing(this.#paths)();
  }

  /** @returns the sha256 of its bytes. */
  async #readSource(
    source: RecognisedSource,
    packings: Map<string | undefined, Packing>,
    totalBytes: number | undefined,
    tolerated: Tolerated,
  ): Promise<string> {
    const { signal, onProgress, check = checkRow, scores } = this.#options;
    const sha256 = createHash('sha256');
    const onBytes = (chunk: Uint8Array) => {
      sha256.update(chunk);
      this.#bytes += chunk.length;
    };
    for await (const row of source.rows({ onBytes, signal, tolerated })) {
      signal?.throwIfAborted();
      const given = scores?.get(this.#rows++);
      const packing = this.#packingOf(
        row.problem === undefined ? (row.experiment ?? '') : undefined,
        source,
        packings,
      );
      if (!packing) continue;
      this.#add(packing, given ? withScores(check(row), given) : check(row), source);
      if (this.#survey.rows % PROGRESS_ROWS === 0)
        onProgress?.({ rows: this.#survey.rows, bytes: this.#bytes, totalBytes });
    }
    return sha256.digest('hex');
  }

  /**
   * @param label undefined of a row that cannot be read, which may belong to any; the first experiment answers for it.
   * @returns undefined where the experiment is not wanted.
   */
  #packingOf(
    label: string | undefined,
    source: RecognisedSource,
    packings: Map<string | undefined, Packing>,
  ): Packing | undefined {
    if (label === undefined) {
      const [first = this.#begin(undefined, packings)] = packings.values();
      return first;
    }
    if (!this.#survey.addLabel(label, source)) return undefined;
    const unlabelled = packings.get(undefined);
    if (unlabelled && !packings.has(label)) {
      packings.delete(undefined);
      packings.set(label, unlabelled);
      unlabelled.label = label;
    }
    return packings.get(label) ?? this.#begin(label, packings);
  }

  #begin(label: string | undefined, packings: Map<string | undefined, Packing>): Packing {
    const path = this.#options.newPackage?.();
    if (path !== undefined) this.#paths.push(path);
    const writer = keptIn(path, () => path && new PackageWriter(path)) || undefined;
    const packing = { label, path, writer, packer: new Packer(label ?? '', this.#shared, writer) };
    packings.set(label, packing);
    return packing;
  }

  #add({ packer, path }: Packing, checked: CheckedRow, { format }: RecognisedSource): void {
    keptIn(path, () => packer.add(checked, format === 'native'));
  }

  async #finish(
    { packer, writer, path, label = '' }: Packing,
    group: readonly RecognisedSource[],
    hashes: ReadonlyMap<RecognisedSource, string>,
  ): Promise<PreparedExperiment> {
    keptIn(path, () => writer?.flush());
    const parts = group.filter((source) => {
      const labels = this.#survey.labelsOf(source);
      return labels.has(label) || labels.size === 0;
    });
    const { row: rows, badRows, others, problems, notes, changes } = packer;
    return {
      label,
      isOneOfSeveral: false,
      files: parts.flatMap(({ name, files = [name] }) => files),
      bytes: addUp(parts.map(({ bytes }) => bytes)),
      sources: parts.map((source) => ({
        bytes: hashes.get(source) ?? '',
        reading: readingOf(source),
        label: this.#survey.labelsOf(source).size > 1 ? wordsOf(label) : undefined,
      })),
      rows,
      badRows,
      others,
      problems,
      facts: { ...packer.tally.summarise(), label },
      notes: [...notes],
      changes: changes.counts,
      copyOf: parts.length === 1 && label === '' ? parts[0]?.copyOf : undefined,
      datasetId: this.#options.datasetId,
      scores: parts.flatMap((source) =>
        scoresOf(source, this.#survey.labelsOf(source).size > 1 ? label : undefined),
      ),
      path,
    };
  }

  /** Among equal files of one command, the second is another than the first. */
  #asOneOf(experiment: PreparedExperiment, identities: Map<string, number>): PreparedExperiment {
    const identity = JSON.stringify(experiment.sources);
    const place = identities.get(identity) ?? 0;
    identities.set(identity, place + 1);
    if (place === 0) return experiment;
    const [first, ...others] = experiment.sources as [SourceIdentity, ...SourceIdentity[]];
    const sources = [{ ...first, reading: { ...first.reading, place } }, ...others];
    return { ...experiment, sources };
  }
}

function withScores(checked: CheckedRow, scores: readonly Feedback[]): CheckedRow {
  if (!('result' in checked)) return checked;
  const { result } = checked;
  return { ...checked, result: { ...result, feedback: [...result.feedback, ...scores] } };
}

/** Holds on to nothing else of what was read. */
function removing(paths: readonly string[]): () => Promise<void> {
  return async () => {
    for (const path of paths) await removePackage(path);
  };
}

/** A label without what is put between its parts for people to read. */
function wordsOf(label: string): string {
  return label.split(/[^\p{L}\p{N}._:@+/-]+/u).join(' ');
}

/** All that rows depend on besides the bytes of their file. No text that is made for people is in it. */
export function readingOf(source: RecognisedSource): JsonObject {
  return { v: READING_VERSION, ...source.decisions() };
}

/** @param label undefined: all of the file is one experiment. */
function scoresOf({ summaries }: RecognisedSource, label: string | undefined): JsonValue[] {
  return summaries
    .filter(({ experiment = '' }) => label === undefined || experiment === label)
    .flatMap(({ scores }) => scores.map((score): JsonObject => ({ ...score })));
}

/** All rows of a group are parted alike, or none. */
function partAlike(
  group: readonly RecognisedSource[],
  tally: VariantTally | undefined,
): readonly RecognisedSource[] {
  if (!tally) return group;
  const facts = tally.facts();
  const isSettled = (path: MemberPath) => group.some(({ members }) => members?.isSettled(path));
  const variants = decideVariants(facts, isSettled);
  return group.map((source) => partSource(source, variants));
}

export function groupsOf(
  sources: readonly RecognisedSource[],
  each: boolean,
): (readonly RecognisedSource[])[] {
  if (each) return sources.map((source) => [source]);
  return sources.length === 0 ? [] : [sources];
}

/** Undefined if one of them is not known. */
function addUp(sizes: readonly (number | undefined)[]): number | undefined {
  return sizes.reduce(
    (sum, size) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  );
}

function keptIn<T>(path: string | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw path === undefined ? error : unwritable(error, 'what was read', path);
  }
}
