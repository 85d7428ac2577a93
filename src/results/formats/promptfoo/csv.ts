import type { Row, Sample } from '../../../input/row.js';
import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../../json/value.js';
import { textAt } from '../../format-kit/members.js';
import { findOnly, labelExperiment, nameExperiments, splitModel } from '../../format-kit/model.js';
import { addMetadata } from '../../format-kit/reader.js';
import { splitVars } from '../../format-kit/split-vars.js';
import { readCell, readNumber } from '../../format-kit/values.js';
import type { FormatRow, Reading, ResultsFile } from '../format.js';
import { type LegacyTable, readLegacyCell, recogniseCells } from './csv-legacy.js';
import { NO_REASON } from './scores.js';

const BLOCK = ['Status', 'Score', 'Named Scores'];
const METRIC = 'Metric: ';

const EMPTY_IS_UNSET = 'an empty cell of a variable is a variable that is not set';
const ROUNDED = 'promptfoo rounded the scores to 2 decimals';

/** Where the answers of a combination of provider and prompt are. */
interface Column {
  readonly key: string;
  readonly provider: string | undefined;
  readonly prompt: string | undefined;
  readonly model: JsonObject;
  /** @returns undefined where the test was not run. */
  read(cells: readonly string[]): JsonObject | undefined;
}

/**
 * Tells promptfoo's grids: a record per test, and for each provider and prompt a block of columns whose names repeat,
 * or in old files one cell that begins with `[PASS]`.
 */
export function recogniseTable(sample: Sample): Reading | undefined {
  const blocks = sample.columns.flatMap((_, at) => (isBlock(sample.columns, at) ? [at] : []));
  if (blocks.length > 0) return readingOfBlocks(sample.columns, blocks);
  const legacy = recogniseCells(sample);
  return legacy && readingOfCells(sample.columns, legacy);
}

function isBlock(columns: readonly string[], at: number): boolean {
  return BLOCK.every((name, offset) => columns[at + 1 + offset] === name);
}

function readingOfBlocks(names: readonly string[], blocks: readonly number[]): Reading {
  const columns = blocks.map((at, index) => {
    const block = names.slice(at, blocks[index + 1]);
    return columnOf(names, at, (cells) => readBlock(block, cells.slice(at, at + block.length)));
  });
  const vars = names.slice(0, blocks[0]).map((name, at) => ({ name, at }));
  return {
    why: 'its columns repeat Status, Score and Named Scores',
    assumptions: [EMPTY_IS_UNSET, `${ROUNDED}, named scores are not`],
    rows: (file) => readGrid(file, vars, columns),
  };
}

function readingOfCells(names: readonly string[], { answers, hasReasons }: LegacyTable): Reading {
  const columns = answers.map((at) =>
    columnOf(names, at, (cells) => readLegacyCell(cells[at] ?? '', hasReasons)),
  );
  const vars = names.map((name, at) => ({ name, at })).filter(({ at }) => !answers.includes(at));
  return {
    why: 'its cells begin with [PASS] or [FAIL]',
    assumptions: [EMPTY_IS_UNSET, ROUNDED],
    rows: (file) => readGrid(file, vars, columns),
  };
}

async function* readGrid(
  { records }: ResultsFile,
  vars: readonly { name: string; at: number }[],
  columns: readonly Column[],
): AsyncGenerator<FormatRow> {
  const onlyPrompt = findOnly(columns.map(({ prompt }) => prompt));
  const nameOf = nameExperiments();
  for await (const { origin, cells = [] } of records) {
    const { description, inputs } = readVars(vars, cells);
    for (const column of columns) {
      const answer = column.read(cells);
      if (!answer) continue;
      const { metadata: more, ...stated } = answer;
      const metadata = { ...column.model };
      addMetadata(metadata, { description, prompt: column.prompt });
      if (isJsonObject(more)) addMetadata(metadata, more);
      const value = { ...splitVars(inputs), ...stated, metadata };
      const name = labelExperiment(column.provider, column.prompt, onlyPrompt);
      yield { origin, value, experiment: nameOf(column.key, name) };
    }
  }
}

function readVars(
  vars: readonly { name: string; at: number }[],
  cells: NonNullable<Row['cells']>,
): { description: string | undefined; inputs: JsonObject } {
  const inputs: JsonObject = {};
  let description: string | undefined;
  for (const { name, at } of vars) {
    const cell = cells[at] ?? '';
    if (cell === '') continue;
    // promptfoo puts it first if any test has one; a variable may have that name as well.
    if (at === 0 && name === 'Description') description = cell;
    else setKey(inputs, name, cell);
  }
  return { description, inputs };
}

function readBlock(names: readonly string[], cells: readonly string[]): JsonObject | undefined {
  const cell = (name: string) => cells[names.indexOf(name)] ?? '';
  const [output = ''] = cells;
  const status = cell('Status').trim().toUpperCase();
  if (status === '' && output === '') return undefined;

  const reason = cell('Grader Reason');
  const rest: JsonObject = {};
  for (const [at, name] of names.entries()) {
    const text = cells[at] ?? '';
    if (at > 0 && text !== '' && !isRead(name, text))
      setKey(rest, name === 'Comment' ? 'comment' : name, text);
  }
  if (status === 'ERROR') {
    const error = reason || output || NO_REASON;
    if (output !== '' && output !== error) setKey(rest, 'output', output);
    return { error, metadata: rest };
  }
  return {
    outputs: readCell(output),
    feedback: [
      { key: 'score', score: readNumber(cell('Score')) },
      { key: 'pass', score: readStatus(status), comment: reason },
      ...readNamed(names, cells, readCell(cell('Named Scores'))),
    ],
    metadata: rest,
  };
}

/** Whether a cell is what its column is for: all others go into metadata. */
function isRead(name: string, text: string): boolean {
  if (name === 'Status') return /^\s*(?:PASS|FAIL|ERROR)\s*$/i.test(text);
  if (name === 'Named Scores') return isJsonObject(readCell(text));
  if (name === 'Score' || name.startsWith(METRIC)) return readNumber(text) !== null;
  return name === 'Grader Reason';
}

/** The exact scores; where there are none, those that are rounded in columns of their own. */
function readNamed(
  names: readonly string[],
  cells: readonly string[],
  exact: JsonValue,
): JsonObject[] {
  if (isJsonObject(exact))
    return Object.keys(exact).map((key) => ({ key, score: exact[key] as JsonValue }));
  return names.flatMap((name, at) => {
    const score = readNumber(cells[at] ?? '');
    const isMetric = name.startsWith(METRIC) && score !== null;
    return isMetric ? [{ key: name.slice(METRIC.length), score }] : [];
  });
}

function readStatus(status: string): JsonValue {
  if (status === 'PASS') return true;
  return status === 'FAIL' ? false : null;
}

/** `[provider] label`; in the oldest files the prompt as JSON, in others a prompt alone. */
function columnOf(names: readonly string[], at: number, read: Column['read']): Column {
  const header = names[at] ?? '';
  const asJson = readCell(header);
  const [, label, text] = /^\[([^\]{"]+)\] ?(.*)$/s.exec(header) ?? [];
  const provider = textAt(asJson, 'provider') ?? label;
  const prompt = isJsonObject(asJson)
    ? (textAt(asJson, 'label') ?? textAt(asJson, 'display') ?? textAt(asJson, 'raw'))
    : (text ?? header);
  return {
    read,
    key: String(at),
    provider,
    prompt: prompt || undefined,
    model: splitModel(provider),
  };
}
