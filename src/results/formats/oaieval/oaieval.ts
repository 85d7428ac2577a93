import type { Row } from '../../../input/row.js';
import type { Sample } from '../../../input/sample.js';
import { spell } from '../../../json/print.js';
import { isJsonObject, type JsonObject } from '../../../json/value.js';
import {
  hasMembers,
  listAt,
  memberAt,
  objectAt,
  textAt,
  toNumber,
} from '../../format-kit/members.js';
import { summaryOf, unexpected } from '../../format-kit/rows.js';
import { scoresIn } from '../../format-kit/values.js';
import type { Format, FormatRow, ResultsFile } from '../format.js';
import { readEvents } from './events.js';

/** Events of one sample come apart, so all are held until the end. */
const MAX_EVENTS = 1_000_000;

/**
 * What `oaieval` of OpenAI Evals logs: a spec, events and a final report. Of the spec, its name, split and completion
 * functions are kept with each row; `run_config` is not.
 *
 * @see https://github.com/openai/evals, evals/record.py
 */
export const oaieval: Format = {
  name: 'oaieval',
  title: 'OpenAI Evals log',
  files: '<run id>_<completion function>_<eval>.jsonl',
  reads: 'a row per sample, its matches and metrics as scores, the final report as summary',
  recognise(sample) {
    if (!isLog(sample)) return undefined;
    return { why: 'it begins with a spec, and has events of samples', rows: readRows };
  },
};

function isLog({ kind, rows: [first, ...others] }: Sample): boolean {
  const spec = objectAt(first, 'spec');
  if (kind !== 'list' || (!textAt(spec, 'eval_name') && !listAt(spec, 'completion_fns'))) {
    return false;
  }
  return others.every((row) => objectAt(row, 'final_report') !== undefined || isEvent(row));
}

function isEvent(row: JsonObject): boolean {
  return hasMembers(row, 'sample_id', 'type', 'data');
}

async function* readRows({ records }: ResultsFile): AsyncGenerator<FormatRow> {
  const samples = new Map<string, { origin: Row['origin']; events: JsonObject[] }>();
  let spec: JsonObject = {};
  let report: JsonObject = {};
  let events = 0;
  for await (const { origin, value: record } of records) {
    spec = objectAt(record, 'spec') ?? spec;
    report = objectAt(record, 'final_report') ?? report;
    if (objectAt(record, 'spec') ?? objectAt(record, 'final_report')) continue;
    if (!isJsonObject(record) || !isEvent(record)) {
      yield unexpected({ origin, value: record }, 'an event of a sample');
    } else if (++events > MAX_EVENTS) {
      yield { origin, problem: `there are more than ${MAX_EVENTS} events` };
      return;
    } else {
      const id = spell(memberAt(record, 'sample_id'));
      const sample = samples.get(id) ?? { origin, events: [] };
      samples.set(id, sample);
      sample.events.push(record);
    }
  }
  for (const [id, sample] of samples)
    yield { origin: sample.origin, value: readEvents(id, inOrder(sample.events), spec) };
  yield* summaryOf(scoresIn(report));
}

/** Threads write their events as they come. */
function inOrder(events: readonly JsonObject[]): JsonObject[] {
  const numberOf = (event: JsonObject) => toNumber(memberAt(event, 'event_id') ?? 0);
  return [...events].sort((one, other) => numberOf(one) - numberOf(other));
}
