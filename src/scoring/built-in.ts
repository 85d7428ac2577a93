import { LsRecordError } from '../errors.js';
import { pythonJson } from '../json/canonical.js';
import { parseJson } from '../json/parse.js';
import type { JsonValue } from '../json/value.js';
import type { Feedback } from '../results/feedback.js';
import { asText, type ComparedFields, findCompared } from './compared-values.js';
import { similarity } from './levenshtein.js';
import { type Answer, failedOn, type RowToScore, type Scorer } from './scorer.js';

/** A comparison of an answer with the right one, as it is typed: `exact`, `regex:^\d+$`, `numeric:0.01`. */
export interface BuiltIn {
  /** Under which its scores are kept. */
  readonly key: string;
  readonly kind: Kind;
  /** What is typed behind the colon. */
  readonly argument: string;
}

type Verdict = Pick<Feedback, 'score' | 'comment'>;
/** @throws {Mismatch} where the reference is none that it can compare with. */
type Compare = (output: JsonValue, reference: JsonValue) => Verdict;

interface Definition {
  readonly needsReference: boolean;
  /** @throws {LsRecordError} `USAGE` for an argument that it cannot take. */
  compile(argument: string): Compare;
}

/** Why a reference cannot be compared with. */
class Mismatch extends Error {}

const KINDS = {
  exact: {
    needsReference: true,
    compile: () => (output, reference) => ({ score: asText(output) === asText(reference) }),
  },
  contains: {
    needsReference: true,
    compile: () => (output, reference) => ({ score: asText(output).includes(asText(reference)) }),
  },
  regex: {
    needsReference: false,
    compile(argument) {
      const pattern = compilePattern(argument);
      return (output) => ({ score: pattern.test(asText(output)) });
    },
  },
  'json-equal': { needsReference: true, compile: () => compareJson },
  levenshtein: {
    needsReference: true,
    compile: () => (output, reference) => {
      const score = similarity(asText(output), asText(reference));
      if (score === undefined) throw new Mismatch('the texts are too long to be compared');
      return { score };
    },
  },
  numeric: { needsReference: true, compile: compileNumeric },
} as const satisfies Record<string, Definition>;

type Kind = keyof typeof KINDS;

/** As they are typed, for help and messages. */
const BUILT_IN_FORMS = [
  'exact',
  'contains',
  'regex:PATTERN',
  'json-equal',
  'levenshtein',
  'numeric[:TOLERANCE]',
] as const;

const FORM = new RegExp(`^(?:([\\w.-]+)=)?(${Object.keys(KINDS).join('|')})(?::(.*))?$`, 's');
const TAKES_ARGUMENT: ReadonlySet<Kind> = new Set(['regex', 'numeric']);

/** Reads `exact` or `key=exact`; undefined if it names no built-in scorer. */
export function parseBuiltIn(text: string): BuiltIn | undefined {
  const [, key, kind, argument] = FORM.exec(text) ?? [];
  if (kind === undefined) return undefined;
  const known = kind as Kind;
  if (argument !== undefined && !TAKES_ARGUMENT.has(known)) return undefined;
  if (argument === undefined && known === 'regex') return undefined;
  return { key: key ?? kind, kind: known, argument: argument ?? '' };
}

/** @throws {LsRecordError} `USAGE` for a check that there is not. */
export function readCheck(text: string): BuiltIn {
  const check = parseBuiltIn(text);
  if (check) return check;
  throw new LsRecordError('USAGE', `there is no built-in scorer ${text}`, {
    hint: `These are built in: ${BUILT_IN_FORMS.join(', ')}. To keep its scores under another key: key=exact.`,
  });
}

/**
 * Compares answers with the right ones. Rows without either are passed over.
 *
 * @throws {LsRecordError} `USAGE` for an argument that is wrong, two checks under one key, or where nobody can tell which field is the answer.
 */
export function builtInScorer(typed: readonly BuiltIn[], fields: ComparedFields = {}): Scorer {
  const checks = typed.map((one) => {
    const { needsReference, compile } = KINDS[one.kind];
    return { ...one, needsReference, compare: compile(one.argument) as Compare };
  });
  const [twice] = checks.filter(({ key }, at) => checks.findIndex((one) => one.key === key) < at);
  if (twice) {
    throw new LsRecordError('USAGE', `two checks give scores under ${twice.key}`, {
      hint: `Name each once, or keep one under another key: other=${twice.kind}.`,
    });
  }
  const { outputField = null, referenceField = null } = fields;
  return {
    name: 'built-in',
    definition: { checks: typed.map((one) => ({ ...one })), outputField, referenceField },
    async *score(rows) {
      for await (const row of rows) for (const check of checks) yield* scoreRow(row, check, fields);
    },
  };
}

interface Check extends BuiltIn {
  readonly needsReference: boolean;
  readonly compare: Compare;
}

function* scoreRow(row: RowToScore, check: Check, fields: ComparedFields): Generator<Answer> {
  const found = findCompared(row, fields, check.needsReference);
  if ('side' in found) throw ambiguous(found.side, found.fields);
  const { output, reference } = found;
  if (output === undefined || (check.needsReference && reference === undefined)) return;
  try {
    yield {
      row: row.row,
      feedback: { key: check.key, ...check.compare(output, reference ?? null) },
    };
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    yield failedOn(row.row, check.key, error.message);
  }
}

function compareJson(output: JsonValue, reference: JsonValue): Verdict {
  const wanted = readJson(reference);
  if (wanted === undefined) throw new Mismatch('the reference is not JSON');
  const given = readJson(output);
  return given === undefined
    ? { score: false, comment: 'the output is not JSON' }
    : { score: pythonJson(given) === pythonJson(wanted) };
}

/** Text that holds JSON is read; numbers are equal if their doubles are. */
function readJson(value: JsonValue): JsonValue | undefined {
  try {
    const whole = typeof value === 'string' ? parseJson(value) : value;
    return JSON.parse(pythonJson(whole)) as JsonValue;
  } catch {
    // It is no JSON, which the caller says.
    return undefined;
  }
}

function compileNumeric(argument: string): Compare {
  const tolerance = argument === '' ? 0 : readNumber(argument);
  if (tolerance === undefined || tolerance < 0) {
    throw new LsRecordError('USAGE', `numeric:${argument} has no tolerance`, {
      hint: 'A tolerance is a number from 0: numeric:0.01.',
    });
  }
  return (output, reference) => {
    const wanted = readNumber(reference);
    if (wanted === undefined) throw new Mismatch('the reference is not a number');
    const given = readNumber(output);
    if (given === undefined) return { score: false, comment: 'the output is not a number' };
    // 0.1 + 0.2 is not more than 0.1 away from 0.2, whatever doubles make of it.
    return { score: Math.abs(given - wanted) <= tolerance + 1e-12 * Math.abs(wanted) };
  };
}

/** A number, or text that is one: `1,234.5`. */
function readNumber(value: JsonValue): number | undefined {
  if (typeof value === 'boolean' || value === null) return undefined;
  const text = asText(value)
    .trim()
    .replace(/(?<=\d),(?=\d{3}(?!\d))/g, '');
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

function compilePattern(argument: string): RegExp {
  try {
    return new RegExp(argument, 'u');
  } catch (error) {
    throw new LsRecordError('USAGE', `regex:${argument} is not a regular expression`, {
      hint: error instanceof Error ? `${error.message}.` : 'Check it.',
      cause: error,
    });
  }
}

function ambiguous(side: 'output' | 'reference', fields: readonly string[]): LsRecordError {
  const what = side === 'output' ? 'outputs have' : 'reference outputs have';
  return new LsRecordError('USAGE', `${what} several fields: ${fields.join(', ')}`, {
    hint: `Say which one to compare: --${side}-field ${fields[0] ?? 'NAME'}.`,
  });
}
