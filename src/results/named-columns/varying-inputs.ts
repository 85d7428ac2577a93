import type { Sample } from '../../input/row.js';
import type { JsonObject } from '../../json/value.js';
import { shorten } from '../found.js';
import { soundsLikeSetting } from '../variants/names.js';
import { countDistinct as count } from './facts.js';
import { quoteName, showOption, toSnake } from './names.js';
import type { Placement } from './placement.js';
import { listedRanks } from './roles.js';

/** Inputs that are none, and what is then said. */
interface Moved {
  readonly placements: readonly Placement[];
  readonly assumptions: readonly string[];
}

/** A variant must have this share of the questions, and each of them once. */
const COVERAGE = 0.7;
const MAX_DOUBLE = 0.02;
const MIN_QUESTIONS = 2;

/**
 * Takes what differs between variants of one question out of the inputs: the prompt that a template made of it, the
 * contexts that a retriever found for it. Else no two variants would share an example.
 */
export function moveVaryingInputs({ rows }: Sample, placements: readonly Placement[]): Moved {
  const inputs = placements.filter(
    ({ target: [head], isExplicit }) => head === 'inputs' && !isExplicit,
  );
  const variants = placements.filter(isVariant);
  if (inputs.length < 2 || variants.length === 0) return { placements, assumptions: [] };
  const names = inputs.map(({ column }) => column);
  const [question] = [...names].sort((one, other) => count(rows, [one]) - count(rows, [other]));
  const questions = question === undefined ? 0 : count(rows, [question]);
  if (question === undefined || questions < MIN_QUESTIONS) return { placements, assumptions: [] };

  const varying = names.filter(
    (name) => name !== question && count(rows, [question, name]) > questions,
  );
  const hasOutputs = placements.some(({ target: [head] }) => head === 'outputs');
  const isTold = variants.some(({ column }) => tells(column, question, varying, rows));
  if (varying.length === 0 || !isTold) return { placements, assumptions: [] };
  return {
    placements: placements.map((one) =>
      varying.includes(one.column) && inputs.includes(one) ? move(one, hasOutputs) : one,
    ),
    assumptions: varying.map((name) => {
      const both = showOption('inputs', names.map(quoteName).join(','));
      return `${shorten(name)} differs between variants of one ${shorten(question)}, and is no input (${both} if it is)`;
    }),
  };
}

function isVariant({ column, target: [head = ''] }: Placement): boolean {
  return (
    head === 'experiment' || head === 'model' || (head === 'kept' && soundsLikeSetting(column))
  );
}

/** Whether each question comes once with each value, or the values make what varies. */
function tells(
  variant: string,
  question: string,
  varying: readonly string[],
  rows: readonly JsonObject[],
): boolean {
  const pairs = count(rows, [question, variant]);
  const values = count(rows, [variant]);
  const isTried = values > 1 && pairs >= COVERAGE * values * count(rows, [question]);
  const isOnce = rows.length - pairs <= rows.length * MAX_DOUBLE;
  return isTried && (isOnce || count(rows, [question, variant, ...varying]) === pairs);
}

/** What was found for a question is of the answer. */
function move(placement: Placement, hasOutputs: boolean): Placement {
  const name = placement.column.trim();
  const isContext = hasOutputs && listedRanks(toSnake(name)).has('context');
  return { ...placement, target: isContext ? ['outputs', name] : ['kept'], isWhole: false };
}
