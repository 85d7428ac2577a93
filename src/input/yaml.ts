import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
} from 'yaml';
import { LsRecordError } from '../errors.js';
import { tryParseJson } from '../json/parse.js';
import { printJson } from '../json/print.js';
import {
  isJsonObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  setKey,
} from '../json/value.js';
import { type Bytes, type Contents, listOf } from './contents.js';
import { holdText } from './hold.js';
import { asObject, cutToSample, withoutPaths } from './look.js';
import { type Found, findAt, type Path } from './place.js';
import type { RecordsPlace, Row, RowsOptions } from './row.js';

/** The whole document is held, and what is read of it takes up to a hundred times its size. */
const MAX_BYTES = 16 * 1024 * 1024;
/** Texts, marks and spaces: each takes some 280 bytes of memory. */
const MAX_LEXEMES = 3_000_000;
const TOO_MUCH = 'YAML input is limited in size; convert it to JSON Lines, which may be any size';
/** The most values of a document; those that repeat by alias count each time. */
const MAX_VALUES = 10_000_000;
const MAX_DEPTH = 1000;

/**
 * Opens YAML: a mapping is a document as one of JSON is; a sequence, and several documents, are a list.
 *
 * @throws {LsRecordError} `INPUT_INVALID` with line and column if it is no YAML, or too large.
 */
export async function openYaml(file: string, bytes: Bytes): Promise<Contents> {
  const text = await holdText(bytes({}), file, MAX_BYTES, () => tooLarge(file));
  const { roots, linesOf } = readYaml(text, file);
  const records = async function* (place: RecordsPlace, options: RowsOptions): AsyncGenerator<Row> {
    let index = 0;
    for (const { value, holder, path, around } of recordsOf(roots, place.recordsAt)) {
      options.signal?.throwIfAborted();
      const line = linesOf(value) ?? linesOf(holder) ?? 1;
      yield { origin: { file, line }, index: index++, shape: 'document', value, path, around };
    }
  };
  const [root] = roots;
  if (roots.length !== 1 || !isJsonObject(root)) return listOf((options) => records({}, options));
  return {
    kind: 'document',
    sample: async () => ({
      kind: 'document',
      document: asObject(cutToSample(root)),
      rows: [],
      columns: [],
    }),
    header: async ({ recordsAt = [], leaveOut = [] }) =>
      asObject(withoutPaths(root, [recordsAt, ...leaveOut])),
    records,
  };
}

function recordsOf(roots: readonly JsonValue[], recordsAt: Path | undefined): Iterable<Found> {
  const [root] = roots;
  if (roots.length !== 1 || root === undefined) return findAt([...roots], []);
  if (recordsAt || Array.isArray(root)) return findAt(root, recordsAt ?? []);
  return [{ value: root, holder: root, path: [], around: [] }];
}

/**
 * Reads a small document of YAML, of which JSON is a part.
 *
 * @throws {LsRecordError} `INPUT_INVALID` with line and column if it is no YAML.
 */
export function parseYaml(text: string, file: string): JsonValue {
  const [root = null] = readYaml(text, file).roots;
  return root;
}

interface ReadYaml {
  readonly roots: readonly JsonValue[];
  /** The line of an object or a list. */
  linesOf(value: JsonValue): number | undefined;
}

function readYaml(text: string, file: string): ReadYaml {
  const counter = new LineCounter();
  const reading = new YamlReader(counter);
  try {
    const roots = [...parseDocuments(text, counter)].map(({ contents, errors: [error] }) => {
      if (error) throw new YamlProblem(error.message, error.pos[0]);
      return reading.read(contents, 0);
    });
    return { roots, linesOf: (value) => reading.lines.get(value) };
  } catch (error) {
    throw asInvalid(error, file, counter);
  }
}

/** As parseAllDocuments does it; but that calls itself for what is within, until the process aborts. */
function* parseDocuments(text: string, counter: LineCounter): Generator<Document.Parsed> {
  const parser = new Parser(counter.addNewLine);
  const composer = new Composer({ lineCounter: counter, uniqueKeys: false, prettyErrors: false });
  counter.addNewLine(0);
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (++lexemes > MAX_LEXEMES) throw new YamlProblem(TOO_MUCH, parser.offset);
    for (const token of parser.next(lexeme)) yield* composer.next(token);
    if (parser.stack.length > MAX_DEPTH) throw tooDeep(parser.offset);
  }
  for (const token of parser.end()) yield* composer.next(token);
  yield* composer.end(false, text.length);
}

function tooDeep(offset: number): YamlProblem {
  return new YamlProblem(`it is nested deeper than ${MAX_DEPTH}`, offset);
}

class YamlProblem extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Turns what was parsed into values; the lines of objects and lists are kept next to them. */
class YamlReader {
  readonly lines = new Map<JsonValue, number>();
  readonly #anchors = new Map<string, { value: JsonValue; count: number }>();
  #count = 0;

  constructor(private readonly counter: LineCounter) {}

  read(node: Node | null, depth: number): JsonValue {
    const offset = node?.range?.[0] ?? 0;
    if (depth > MAX_DEPTH) throw tooDeep(offset);
    const before = this.#count;
    const text = isScalar(node) && typeof node.value === 'string' ? node.value : '';
    this.#add(1 + Math.floor(text.length / 100), offset);
    if (isAlias(node)) {
      const anchor = this.#anchors.get(node.source);
      if (!anchor) throw new YamlProblem(`no anchor &${node.source} comes before it`, offset);
      this.#add(anchor.count, offset);
      return anchor.value;
    }
    const value = this.#valueOf(node, depth);
    if (typeof value === 'object' && value !== null)
      this.lines.set(value, this.counter.linePos(offset).line);
    if (isNamed(node)) this.#anchors.set(node.anchor, { value, count: this.#count - before });
    return value;
  }

  #add(count: number, offset: number): void {
    this.#count += count;
    if (this.#count > MAX_VALUES)
      throw new YamlProblem(
        `its aliases stand for more than ${MAX_VALUES} values, or as much text`,
        offset,
      );
  }

  #valueOf(node: Node | null, depth: number): JsonValue {
    if (isScalar(node)) return scalarOf(node.value, node.source);
    if (isSeq(node)) return node.items.map((item) => this.read(item as Node | null, depth + 1));
    const object: JsonObject = {};
    if (!isMap(node)) return null;
    for (const { key, value } of node.items) {
      const name = this.read(key as Node | null, depth + 1);
      const member = this.read(value as Node | null, depth + 1);
      setKey(object, typeof name === 'string' ? name : printJson(name), member);
    }
    return object;
  }
}

function isNamed(node: Node | null): node is Node & { anchor: string } {
  return node !== null && 'anchor' in node && typeof node.anchor === 'string';
}

/** Numbers keep their text where JSON has such a number. */
function scalarOf(value: unknown, source: string | undefined): JsonValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value !== 'number') return value === null ? null : String(value);
  if (!Number.isFinite(value)) return new JsonNumber(String(value));
  return tryParseJson(source ?? String(value)) ?? value;
}

function asInvalid(error: unknown, file: string, counter: LineCounter): unknown {
  if (error instanceof YamlProblem) {
    const { line, col } = counter.linePos(error.offset);
    return invalid(`${file}:${line}:${col}: ${error.message}`);
  }
  return error;
}

function invalid(message: string): LsRecordError {
  return new LsRecordError('INPUT_INVALID', message, {
    hint: 'The file is read as YAML; if it is something else, set --format.',
  });
}

function tooLarge(file: string): LsRecordError {
  return new LsRecordError(
    'INPUT_INVALID',
    `${file} is larger than ${MAX_BYTES / 1024 / 1024} MB, the limit for YAML`,
    { hint: 'Convert it to JSON Lines, which may be any size.' },
  );
}
