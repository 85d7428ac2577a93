import type { Sample } from '../../../input/sample.js';
import { isJsonObject, type JsonObject } from '../../../json/value.js';
import { listAt, memberAt, textAt } from '../../format-kit/members.js';
import { readRun } from '../../format-kit/reader.js';
import { findRecords, summaryOf, unexpected } from '../../format-kit/rows.js';
import { scoreOrValue, scoresIn } from '../../format-kit/values.js';
import type { Reading } from '../format.js';
import { placeIn } from './place.js';
import { readPrompt } from './prompt.js';

const OUTPUTS = ['origin_prediction', 'pred', 'prediction', 'predictions'];
const REFERENCES = ['references', 'answer', 'answers', 'gold', 'refr', 'reference'];
const VERDICT = /^(?:.*_)?correct$/;
/** All else that a detail has. More than that is a table of someone's own. */
const OTHERS = /^(?:prompt|origin_prompt|example_abbr|model_extract_predictions|m?G-Pass@.+)$/;

/** Results with `details`: a list, or an object by number, in which a member `type` may say how answers were made. */
export function recogniseDetails(sample: Sample): Reading | undefined {
  const place = findRecords(sample, isDetail, ['details']);
  if (!place?.recordsAt) return undefined;
  const { assumptions, experiment, metadata } = placeIn(sample.name);
  return {
    why: 'it has details with predictions, references and correct',
    ...place,
    assumptions,
    hasExperiments: experiment.experiment !== undefined,
    async *rows({ header, records }) {
      for await (const row of records) {
        const { value: detail } = row;
        if (row.path?.at(-1) === 'type' && typeof detail === 'string') continue;
        if (!isJsonObject(detail) || !isDetail(detail)) {
          yield unexpected(row, 'a detail of OpenCompass');
          continue;
        }
        for (const value of readDetail(detail, row.path?.at(-1) ?? null, metadata))
          yield { origin: row.origin, value, ...experiment };
      }
      yield* summaryOf(scoresIn(header), experiment.experiment);
    },
  };
}

function isDetail(record: JsonObject): boolean {
  const has = (names: readonly string[]) => names.some((name) => Object.hasOwn(record, name));
  const isKnown = (name: string) =>
    [...OUTPUTS, ...REFERENCES].includes(name) || VERDICT.test(name) || OTHERS.test(name);
  return has(OUTPUTS) && has(REFERENCES) && Object.keys(record).every(isKnown);
}

/** With `example_abbr` a detail is of all repetitions of an example, each member a list of them. */
function* readDetail(
  detail: JsonObject,
  key: string | number | null,
  metadata: JsonObject,
): Generator<JsonObject> {
  const abbreviation = textAt(detail, 'example_abbr');
  // What was chosen by perplexity has those of all labels for an origin.
  const outputs = isJsonObject(detail.origin_prediction) ? OUTPUTS.slice(1) : OUTPUTS;
  const output = findMember(detail, outputs);
  const runs = abbreviation === undefined ? 1 : (listAt(detail, output)?.length ?? 1);
  for (let n = 0; n < runs; n++)
    yield readRun(detail, (record) => {
      const take = (name: string) =>
        abbreviation === undefined ? record.take(name) : record.own(name, n, runs);
      const prompt = record.take('prompt', 'origin_prompt');
      const verdicts = Object.keys(detail).filter((name) => VERDICT.test(name));
      return {
        id: abbreviation ?? key,
        inputs: prompt === null ? { example: abbreviation ?? key } : readPrompt(prompt),
        reference_outputs: take(findMember(detail, REFERENCES)),
        outputs: { output: take(output) },
        feedback: verdicts.map((name) => ({ key: name, ...scoreOrValue(take(name)) })),
        metadata,
      };
    });
}

function findMember(detail: JsonObject, names: readonly string[]): string {
  return names.find((name) => memberAt(detail, name) !== undefined) ?? '';
}
