import type { Sample } from '../../input/row.js';
import type { JsonObject } from '../../json/value.js';
import { shorten } from '../found.js';
import { lookAtColumns } from './facts.js';
import { guessSystems, isGiven } from './guess-systems.js';
import {
  type ColumnOptions,
  type ColumnQuestion,
  type ColumnReading,
  decideColumns,
} from './named-columns.js';
import { quoteName, showOption, splitNames } from './names.js';
import { readOptions } from './options.js';
import type { Placement } from './placement.js';
import { partSystems, type Systems } from './systems.js';

/** How records become rows: one each, or one for each of the systems that are side by side in them. */
export interface RowsReading extends Omit<ColumnReading, 'read'> {
  /** All that was decided of columns, for programs. */
  readonly decisions: JsonObject;
  /** Makes the rows of a record, in our own shape. */
  read(record: JsonObject): readonly ReturnType<ColumnReading['read']>[];
}

/**
 * Decides what columns mean, as `decideColumns` does, and whether they are those of several systems.
 *
 * @throws {LsRecordError} as `decideColumns`; `USAGE` if `systems` names one without columns.
 */
export function decideRows(
  sample: Sample,
  options: ColumnOptions,
  around?: readonly Placement[],
): RowsReading {
  const { systems: named = [], ...others } = options;
  const systems = named.flatMap(splitNames);
  if (systems.length > 0) return readSystems(partSystems(sample, systems), others, around);
  const plain = decideColumns(sample, others, around);
  const guessed = options.outputs?.length ? undefined : guessSystems(lookAtColumns(sample));
  const parted = guessed?.isLikely
    ? tryToPart(partSystems(sample, guessed.names), others, around)
    : undefined;
  if (parted && guessed)
    return { ...parted, assumptions: [...parted.assumptions, explain(guessed.names)] };
  return {
    ...plain,
    questions: plain.questions.map((one) => (guessed ? offer(guessed.names, one) : one)),
    decisions: { columns: plain.targets },
    read: (record) => [plain.read(record)],
  };
}

/** @throws {LsRecordError} `USAGE` if an option names a column or a system that is not there. */
export function checkOptions(sample: Sample, options: ColumnOptions): void {
  const systems = options.systems?.flatMap(splitNames) ?? [];
  const rows = systems.length > 0 ? partSystems(sample, systems).sample : sample;
  readOptions(options, lookAtColumns(rows));
}

/** @returns undefined if something is left open, or if it is not the systems that gave the outputs. */
function tryToPart(
  systems: Systems,
  options: ColumnOptions,
  around: readonly Placement[] | undefined,
): RowsReading | undefined {
  const reading = readSystems(systems, options, around);
  const given = reading.targets.filter(([, [head]]) => head === 'outputs');
  const isTheirs = given.length > 0 && given.every(([[column = '']]) => systems.own.has(column));
  return isTheirs && reading.questions.length === 0 ? reading : undefined;
}

function readSystems(
  systems: Systems,
  options: ColumnOptions,
  around: readonly Placement[] | undefined,
): RowsReading {
  const reading = decideTheirs(systems, options, around);
  return {
    ...reading,
    described: [...systems.described, ...reading.described],
    hasExperiments: true,
    decisions: { columns: reading.targets, ...systems.decisions },
    read: (record) =>
      systems.split(record).map(({ label, record: own }) => {
        const { experiment, ...read } = reading.read(own);
        const parts = new Set([label, experiment].filter((part) => part !== undefined));
        return { ...read, ...(parts.size > 0 && { experiment: [...parts].join(' · ') }) };
      }),
  };
}

/** What only one of their columns is named for, the systems gave: answers of several are no right ones. */
function decideTheirs(
  { sample, own }: Systems,
  options: ColumnOptions,
  around: readonly Placement[] | undefined,
): ColumnReading {
  const reading = decideColumns(sample, options, around);
  const [given, ...others] = [...own].filter(isGiven);
  if (reading.questions.length === 0 || given === undefined || others.length > 0) return reading;
  return options.outputs?.length
    ? reading
    : decideColumns(sample, { ...options, outputs: [given] }, around);
}

/** Where several columns may be the outputs, each may be that of another system. */
function offer(names: readonly string[], question: ColumnQuestion): ColumnQuestion {
  if (!question.choices.some(({ options }) => options.outputs)) return question;
  const meaning = `${names.map(shorten).join(', ')} are systems side by side: an experiment each`;
  const options = { systems: names.map(quoteName) };
  return { ...question, choices: [{ options, meaning }, ...question.choices], hasGuess: true };
}

function explain(names: readonly string[]): string {
  const list = names.map(shorten).join(', ');
  const same = showOption('systems', names.map(quoteName).join(','));
  return `${list} are systems side by side: each becomes an experiment on the same examples, as with ${same} (--outputs COLUMN takes one column instead)`;
}
