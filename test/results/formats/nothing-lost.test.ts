import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openSources } from '../../../src/input/open.js';
import type { OpenedSource, Row } from '../../../src/input/row.js';
import { isJsonObject, type JsonValue } from '../../../src/json/value.js';
import { FORMATS } from '../../../src/results/formats/all.js';
import { checkRow } from '../../../src/results/parse.js';
import { recognise } from '../../../src/results/recognise.js';

const FIXTURES = fileURLToPath(new URL('../../../fixtures/formats/', import.meta.url));
/** Files next to results, which hold none themselves. */
const BESIDE =
  /stats\.json|run_spec|results_|report|results\.json$|nightly|question|requests|several/;
const FILES = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(?:json|jsonl|csv)$/.test(name))
  .filter((name) => name.includes('eval_results') || !BESIDE.test(name))
  .sort();

const MARKER = 'a_marker';
const UNKNOWN = 'never_heard_of';

/**
 * Members that are left out on purpose, by their path in a record: names of kinds and places, copies, and scores of what
 * failed.
 */
const LEFT_OUT: Readonly<Record<string, RegExp>> = {
  'anthropic-batch': /^result\.(?:type|message\.(?:type|role|content\.\*\.type))$/,
  braintrust: /^(?:is_root|span_id|root_span_id)$/,
  deepeval: /^metricsData\.\*\.score$/,
  // A line of a report of 2024 is a whole run or file: only its results become rows.
  evalite:
    /^(?:never_heard_of|datetime|score|id|files?|tasks|(?:files\.\*\.)?(?:tasks\.\*\.)?(?:never_heard_of|score|duration))$/,
  // Until version 0.2, a task was two lists of pairs.
  evalplus: /^(?:\*\.task_id|never_heard_of|nfiles|plus)$/,
  helm: /^result\.completions\.\*\.tokens/,
  // Events become child runs, but not those of scorers; pools and attachments are put where they belong.
  inspect:
    /^(?:events|attachments|message_pool|messages$|input\.\*\.id|output\.usage|output\.choices\.\*\.message\.(?:id|role|source|content\.\*\.type)$|error\.traceback_ansi)/,
  lighteval: /^(?:input_tokens|doc\.gold_index)$/,
  mlflow: /^trace$/,
  // An event becomes a part of its sample's row.
  oaieval:
    /^(?:never_heard_of|run_id|event_id|sample_id|type|data|data\.sampled|created_by|created_at)$/,
  'openai-batch':
    /^response\.body\.(?:object|choices\.\*\.(?:index|message\.role)|(?:output|data)\.\*\.(?:never_heard_of|type|role|object|index))$/,
  'openai-evals-api': /^sample\.output\.\*\.role$/,
  phoenix: /^annotations\.\*\.(?:label|score)$|^annotation_.*_(?:label|score)$/,
  promptfoo: /^(?:success|score|namedScores)(?:$|\.)|_promptfooFileMetadata/,
  ragas: /^$/,
  'tau-bench': /^(?:traj|messages)\.\*\.(?:role$|raw_data)/,
  // Without either, a test is a unit test.
  'vitest-evals':
    /^(?:fullName|duration|meta|meta\.eval|meta\.harness|meta\.harness\.run\.traces\.\*\.spans\.\*\.parentId)$/,
};

type Path = readonly (string | number)[];

/** Each member of a record, at any depth, and one beside them that no harness writes. */
function* membersOf(value: JsonValue, path: Path = []): Generator<Path> {
  if (Array.isArray(value)) {
    for (const [at, element] of value.entries()) yield* membersOf(element, [...path, at]);
  } else if (isJsonObject(value)) {
    yield [...path, UNKNOWN];
    for (const key of Object.keys(value)) {
      yield [...path, key];
      yield* membersOf(value[key] ?? null, [...path, key]);
    }
  }
}

function withMember(value: JsonValue, [key, ...path]: Path, member: JsonValue): JsonValue {
  if (key === undefined) return member;
  if (Array.isArray(value))
    return value.map((element, at) => (at === key ? withMember(element, path, member) : element));
  return isJsonObject(value)
    ? { ...value, [key]: withMember(value[key] ?? null, path, member) }
    : value;
}

/** The same row with another member; of a table, its cell too. */
function changeRow(row: Row, columns: readonly string[], path: Path, member: JsonValue): Row {
  const cells = row.cells?.map((cell, at) => (columns[at] === path[0] ? String(member) : cell));
  return { ...row, value: withMember(row.value, path, member), ...(cells && { cells }) };
}

/** A source that is read once, and then again and again with other records. */
async function openFixture(file: string) {
  const [source] = await openSources([FIXTURES + file], { spoolFolder: tmpdir() });
  if (!source) throw new Error(`${file} was not opened`);
  const rows: Row[] = [];
  const headers: ReturnType<OpenedSource['header']>[] = [];
  const beside = new Map<string, ReturnType<OpenedSource['beside']>>();
  const kept: OpenedSource = {
    ...source,
    header(reading) {
      headers[0] ??= source.header(reading);
      return headers[0];
    },
    beside(pattern) {
      const known = beside.get(pattern.source) ?? source.beside(pattern);
      beside.set(pattern.source, known);
      return known;
    },
    async *records(place, options) {
      for await (const row of source.records(place, options)) {
        rows.push(row);
        yield row;
      }
    },
  };
  const first = await read(kept);
  const again = (changed: Row) =>
    read({
      ...kept,
      async *records() {
        yield* rows.map((row) => (row.index === changed.index ? changed : row));
      },
    });
  return { rows, first, again, columns: (await source.sample()).columns };
}

/** What a source gives: results by the line they stem from, and problems. */
async function read(source: OpenedSource) {
  const recognised = await recognise(source);
  const results: { line: number; text: string }[] = [];
  const problems: string[] = [];
  for await (const row of recognised.rows()) {
    const checked = checkRow(row);
    if ('problems' in checked) problems.push(JSON.stringify(checked.problems));
    else results.push({ line: row.origin.line, text: JSON.stringify(checked.result) });
  }
  return { format: recognised.format, results, problems };
}

test.for(FILES)(
  'a row of %s, or what is wrong with it, has each member of its record',
  async (file) => {
    const { rows, first, again, columns } = await openFixture(file);
    const lines = new Set(first.results.map(({ line }) => line));
    const records = rows.filter(({ origin }) => lines.has(origin.line));
    const names = records.flatMap(({ value }) => (isJsonObject(value) ? Object.keys(value) : []));
    const lost = new Set<string>();
    for (const row of records) {
      const known = columns.length > 0 ? [] : [...new Set(names)].map((name) => [name]);
      const members = columns.length > 0 ? columns.map((name) => [name]) : membersOf(row.value);
      for (const path of [...members, ...known]) {
        const shown = path.map((key) => (typeof key === 'number' ? '*' : key)).join('.');
        if (lost.has(shown) || LEFT_OUT[first.format]?.test(shown)) continue;
        for (const member of columns.length > 0 ? [MARKER] : [MARKER, { within: MARKER }]) {
          const { results, problems } = await again(changeRow(row, columns, path, member));
          const isKept = results.some(({ text }) => text.includes(MARKER));
          if (!isKept && problems.length <= first.problems.length) lost.add(shown);
        }
      }
    }

    expect([...lost]).toEqual([]);
  },
);

test('each format has a fixture that is looked at', async () => {
  const formats = new Set<string>();
  for (const file of FILES) formats.add((await openFixture(file)).first.format);

  expect([...formats].sort()).toEqual(FORMATS.map(({ name }) => name).sort());
});
