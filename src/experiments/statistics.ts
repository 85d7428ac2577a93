/** Every number that a page, a command, a gate or a report prints of experiments: pure functions, figures in, figures out. */
export {
  type Agreement,
  type AgreementFigure,
  agreementOf,
  type Rated,
  type Rating,
} from './statistics/agreement.js';
export { type Directions, directionOf } from './statistics/direction.js';
export { lowerBoundOf } from './statistics/interval.js';
export {
  judgeTogether,
  type KeyComparison,
  type KeyPairs,
  pairMeasures,
  pairScores,
  type Rules,
} from './statistics/keys.js';
export {
  describeNumbers,
  type Histogram,
  histogramOf,
  meanOf,
  type NumberFigures,
} from './statistics/numbers.js';
export {
  type ByExample,
  type Changed,
  differencesOf,
  gainOf,
  MEASURES,
  type Measure,
  pairUp,
  type Side,
  type Value,
  type Values,
} from './statistics/pairs.js';
export { type RepetitionFigures, repetitionFigures } from './statistics/repetitions.js';
export { pairsNeeded, type Range } from './statistics/sensitivity.js';
export {
  compareGroups,
  compareSides,
  type GroupCompared,
  restrict,
  type SidesCompared,
} from './statistics/sides.js';
export { isZero } from './statistics/sign-flip.js';
