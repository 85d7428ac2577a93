import type { Row } from '../../input/row.js';
import { pythonJson } from '../../json/canonical.js';
import { isJsonObject, type JsonValue } from '../../json/value.js';
import { nestColumns } from '../columns.js';
import { shortenLabel } from '../format-kit/model.js';
import { shorten } from '../found.js';
import { mapTo } from '../named-columns/names.js';
import { checkRow } from '../parse.js';
import type { RecognisedSource } from '../recognised.js';
import { decideVariants, type Variant, type Variants } from './decide.js';
import { isWord, type MemberPath, textIn, VariantTally } from './tally.js';

/** Decides by a file's first rows whether those that repeat examples are experiments. */
export function partBySample(source: RecognisedSource, rows: Iterable<Row>): RecognisedSource {
  const { members } = source;
  if (!members) return source;
  const tally = new VariantTally(() => new Set<number>());
  const examples = new Map<string, number>();
  for (const row of rows) {
    const checked = checkRow(row);
    if ('problems' in checked) continue;
    const { inputs = {}, referenceOutputs = {}, exampleId } = checked.result;
    const text = exampleId ?? pythonJson([inputs, referenceOutputs]);
    const example = examples.get(text) ?? examples.size;
    examples.set(text, example);
    tally.add(row.experiment ?? '', example, checked.result);
  }
  const variants = decideVariants(tally.facts(), members.isSettled);
  // Of a file, what is possible is said once all of it was read.
  return partSource(source, source.live ? variants : { ...variants, possible: [] });
}

/** The source, its rows parted by what was found; the same source if nothing was. */
export function partSource(source: RecognisedSource, variants: Variants): RecognisedSource {
  const { members, ...settled } = source;
  if (!members) return source;
  const { chosen, possible } = variants;
  if (chosen.length + possible.length === 0) return source;
  const nameOf = ({ path }: Variant) => members.nameOf(path);
  if (chosen.length === 0) {
    const offers = possible.map((one) => offer(one, nameOf(one)));
    return { ...source, assumptions: [...source.assumptions, ...offers] };
  }
  const paths = chosen.map(({ path }) => path);
  const names = chosen.map(nameOf);
  return {
    ...settled,
    hasExperiments: true,
    variants: chosen,
    columns: [...source.columns, `${names.map(shorten).join(', ')} → experiment`],
    assumptions: [...source.assumptions, ...chosen.map((one) => explain(one, nameOf(one)))],
    decisions: () => ({ ...source.decisions(), variants: paths.map((path) => [...path]) }),
    async *rows(options) {
      for await (const row of source.rows(options)) yield withLabel(row, paths);
    },
  };
}

/** Files that become one experiment are parted alike: what the beginning of one tells holds for the others. */
export function partLikeOthers(group: readonly RecognisedSource[]): readonly RecognisedSource[] {
  const chosen = group.find(({ variants }) => variants)?.variants;
  return chosen ? group.map((one) => partSource(one, { chosen, possible: [] })) : group;
}

function explain({ path, values }: Variant, name: string): string {
  const stay = mapTo('metadata', name, path.join('_'));
  return `${shorten(name)} tells experiments apart: examples repeat, once for each of its ${values} values (--map ${stay} keeps one experiment; --map experiment=COLUMN takes another column)`;
}

function offer({ values }: Variant, name: string): string {
  return `examples repeat, once for each of the ${values} values of ${shorten(name)}, as repetitions of one experiment (--map experiment=${name} makes an experiment of each)`;
}

/** A row that cannot be read may be of any experiment. */
function withLabel(row: Row, paths: readonly MemberPath[]): Row {
  const value = nested(row);
  if (row.problem !== undefined || !isJsonObject(value)) return row;
  const metadata = isJsonObject(value.metadata) ? value.metadata : {};
  const words = paths.map((path) => describe(path, textIn(metadata, path) ?? textIn(value, path)));
  const parts = [row.experiment ?? '', ...words.map(shortenLabel)];
  return { ...row, experiment: parts.filter((part) => part !== '').join(' · ') };
}

function nested({ shape, value }: Row): JsonValue {
  return shape === 'columns' && isJsonObject(value) ? nestColumns(value).value : value;
}

/** A word says what it is; a number or a switch needs its name. */
function describe(path: MemberPath, text: string | undefined): string {
  const name = path.at(-1) ?? '';
  if (text === undefined) return `no ${name}`;
  return isWord(text) ? text : `${name}=${text}`;
}
