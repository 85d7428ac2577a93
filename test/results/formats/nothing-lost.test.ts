import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openSources } from '../../../src/input/open.js';
import type { OpenedSource, Row } from '../../../src/input/row.js';
import { isJsonObject, type JsonValue } from '../../../src/json/value.js';
import { FORMATS } from '../../../src/results/formats/all.js';
import { checkRow } from '../../../src/results/parse.js';
import { recognise } from '../../../src/results/recognise.js';
import { hasSamples, samplePath } from '../../support/read-format.js';

const FIXTURES = fileURLToPath(new URL('../../../fixtures/formats/', import.meta.url));
/** Files that tell more of others, and hold no results themselves. */
const BESIDE = new RegExp(
  [
    'evalplus/samples\\.jsonl_results',
    'helm/(?:per_instance_stats|run_spec|stats)',
    'lm-eval/.*/results_',
    'mt-bench/question',
    'openai-batch-requests',
    'swe-bench/(?:several|.*/(?:report|results|.*nightly)\\.json)',
    'terminal-bench/run_metadata',
  ].join('|'),
);
const NAMES = /\.(?:json|jsonl|csv|traj|yaml|eval|parquet)$/;
const FILES = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .filter((name) => NAMES.test(name) && !BESIDE.test(name))
  .sort();

/** Real files that are none of a harness, or tell more of others. */
const NOT_RESULTS =
  /near-miss|^plain|^azure.*(?:config|parameters|summary)|^deepeval\/temp|^helm.*(?:stats|run_spec|scenario\.json)|lists|invalid|aggregate|results_20|empty|^phoenix|question|header-only|no-samples|scores-only|report\.astropy|native-seed|details_/;
const SAMPLES = hasSamples
  ? readdirSync(samplePath(''), { recursive: true, encoding: 'utf8' })
      .filter((name) => NAMES.test(name) && !NOT_RESULTS.test(name))
      .sort()
  : [];

const MARKER = 'a_marker';
/** In place of a number: as a time, a duration, a count or a score, its digits stay. */
const NUMBER = 1_867_530_917;
const UNKNOWN = 'never_heard_of';
const MARKERS = [MARKER, String(NUMBER)];

/**
 * Members that are left out on purpose, by their path in a record: names of kinds and places, copies, and scores of what
 * failed.
 */
const LEFT_OUT: Readonly<Record<string, RegExp>> = {
  'anthropic-batch': /^result\.(?:type|message\.(?:type|role|content\.\*\.type))$/,
  braintrust: /^(?:is_root|span_id|root_span_id)$/,
  deepeval: /^metricsData\.\*\.score$/,
  // Both times together give the duration of a trace.
  evalite: /^traces\.\*\.endTime$/,
  // A line of another kind is no attempt.
  garak: /^entry_type$/,
  evalplus: /^\*\.task_id$/,
  helm: /^result\.completions\.\*\.tokens/,
  // Events become child runs, but not those of scorers; pools and attachments are put where they belong.
  inspect:
    /^(?:events|transcript|attachments|message_pool|input\.\*\.id|output\.usage|output\.choices\.\*\.message\.(?:id|role|source|content\.\*\.type)$|error\.traceback_ansi)/,
  // Rows are made of what is packed in the body.
  'langsmith-failed-traces': /^(?:never_heard_of|version|endpoint|headers|body_base64)/,
  // What places a run among others; its row and child runs are placed by it.
  'langsmith-runs': /^(?:trace_id|parent_run_id|dotted_order)$/,
  // So is feedback; and examples have what each server says of its own.
  'langsmith-evaluate':
    /^$|^example\.metadata\.dataset_split$|(?:^|\.)(?:id|trace_id|parent_run_id|dotted_order|source_run_id|target_run_id)$/,
  'langsmith-examples':
    /^metadata\.dataset_split$|^(?:dataset_id|name|source_run_id|attachment_urls.*)$|(?:^|\.)(?:id|run_id|trace_id|parent_run_id|dotted_order|(?:cre|modifi)(?:ated|ed)_at)$/,
  lighteval: /^(?:input_tokens|doc\.gold_index)$/,
  mlflow: /^trace$/,
  // An event becomes a part of its sample's row.
  oaieval: /^(?:run_id|event_id|sample_id|type|data|data\.sampled|created_by|created_at)$/,
  'openai-batch':
    /^response\.body\.(?:object|choices\.\*\.(?:index|message\.role)|(?:output|data)\.\*\.(?:never_heard_of|type|role|object|index))$/,
  'openai-evals-api': /^sample\.output\.\*\.role$/,
  phoenix: /^annotations\.\*\.(?:label|score)$|^annotation_.*_(?:label|score)$/,
  promptfoo: /^(?:success|score|namedScores)(?:$|\.)|_promptfooFileMetadata/,
  // The index of a pandas frame.
  ragas: /^$/,
  // What was asked at each step, and the choice that the message is.
  'swe-agent':
    /^(?:trajectory\.\*\.query|messages\.\*\.role$|messages\.\*\.extra\.response\.(?:object$|choices))/,
  'tau-bench': /^(?:traj|messages)\.\*\.(?:role$|raw_data)/,
  // Without either, a test is a unit test.
  'vitest-evals':
    /^(?:fullName|duration|meta|meta\.eval|meta\.harness|meta\.harness\.run\.traces\.\*\.spans\.\*\.parentId)$/,
};

/** The same of some files, whose records are more than a row each. */
const LEFT_OUT_OF: readonly [RegExp, RegExp][] = [
  // A line of a report of 2024 is a whole run or file: only its results become rows.
  [
    /evalite-old\.jsonl$|evalite\/(?:evalite-report|report)\.json/,
    /^(?:files\.\*\.)?(?:tasks\.\*\.)?(?:never_heard_of|datetime|score|duration|id|files?|tasks)$/,
  ],
  // Until version 0.2, a task was two lists of pairs.
  [/samples_eval_results\.json$/, /^(?:never_heard_of|nfiles|plus)$/],
];

function isLeftOut(path: string, format: string, member: string): boolean {
  const ofFile = LEFT_OUT_OF.filter(([file]) => file.test(path)).map(([, members]) => members);
  return [...ofFile, ...(LEFT_OUT[format] ? [LEFT_OUT[format]] : [])].some((members) =>
    members.test(member),
  );
}

type Path = readonly (string | number)[];

/** Each member of a record, at any depth, and one next to them that no harness writes. */
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
async function openFixture(path: string, most = Number.POSITIVE_INFINITY) {
  const [source] = await openSources([path], { spoolFolder: tmpdir() });
  if (!source) throw new Error(`${path} was not opened`);
  const rows: Row[] = [];
  const headers: ReturnType<OpenedSource['header']>[] = [];
  const beside = new Map<string, ReturnType<OpenedSource['companions']>>();
  const kept: OpenedSource = {
    ...source,
    header(reading) {
      headers[0] ??= source.header(reading);
      return headers[0];
    },
    companions(pattern) {
      const known = beside.get(pattern.source) ?? source.companions(pattern);
      beside.set(pattern.source, known);
      return known;
    },
    async *records(place, options) {
      for await (const row of source.records(place, options)) {
        if (rows.push(row) > most) return;
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

/** The members of a record whose change is seen neither in a row nor in a problem. */
async function findLost(path: string, most = Number.POSITIVE_INFINITY): Promise<string[]> {
  const { rows, first, again, columns } = await openFixture(path, most);
  const lines = new Set(first.results.map(({ line }) => line));
  const records = rows.filter(({ origin }) => lines.has(origin.line));
  const names = records.flatMap(({ value }) => (isJsonObject(value) ? Object.keys(value) : []));
  const lost = new Set<string>();
  const seen = new Set<string>();
  for (const row of records) {
    const known = columns.length > 0 ? [] : [...new Set(names)].map((name) => [name]);
    const members = columns.length > 0 ? columns.map((name) => [name]) : membersOf(row.value);
    for (const place of [...members, ...known]) {
      const shown = place.map((key) => (typeof key === 'number' ? '*' : key)).join('.');
      const isSeen = seen.has(shown) && most < Number.POSITIVE_INFINITY;
      if (isSeen || lost.has(shown) || isLeftOut(path, first.format, shown)) continue;
      seen.add(shown);
      for (const member of markersFor(row.value, place, columns)) {
        const { results, problems } = await again(changeRow(row, columns, place, member));
        const isKept = results.some(({ text }) => MARKERS.some((marker) => text.includes(marker)));
        if (!isKept && problems.length <= first.problems.length) lost.add(shown);
      }
    }
  }
  return [...lost];
}

/** A text and an object; in place of a number also another number. */
function markersFor(value: JsonValue, path: Path, columns: readonly string[]): JsonValue[] {
  if (columns.length > 0) return [MARKER];
  const isNumber = typeof path.reduce(memberOf, value) === 'number';
  return [MARKER, { within: MARKER }, ...(isNumber ? [NUMBER] : [])];
}

function memberOf(value: JsonValue, key: string | number): JsonValue {
  if (Array.isArray(value)) return value[Number(key)] ?? null;
  return isJsonObject(value) ? (value[key] ?? null) : null;
}

test.for(FILES)(
  'a row of %s, or what is wrong with it, has each member of its record',
  async (file) => {
    expect(await findLost(FIXTURES + file)).toEqual([]);
  },
);

test('each format has a fixture that is looked at', async () => {
  const formats = new Set<string>();
  for (const file of FILES) formats.add((await openFixture(FIXTURES + file)).first.format);

  expect([...formats].sort()).toEqual(FORMATS.map(({ name }) => name).sort());
});

describe.skipIf(!hasSamples)('of real files (skipped without ../shared)', () => {
  test.for(SAMPLES)(
    'a row of %s has each member of its record',
    { timeout: 60_000 },
    async (file) => {
      expect(await findLost(samplePath(file), 4)).toEqual([]);
    },
  );
});
