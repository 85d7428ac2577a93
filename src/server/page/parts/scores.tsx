import { indentJson } from '../../../json/indent.js';
import type { JsonValue } from '../../../json/value.js';
import type { Html } from '../html.js';
import type { MeanScore, ShownExperiment, ShownFeedback } from '../shown.js';
import { cut } from './cut.js';
import { digitsFor } from './digits.js';
import { counted } from './figures.js';
import { shares } from './strip.js';
import { visible } from './visible.js';

/** Characters of a score that is a text; the run's own page has the rest. */
const MAX_CHARACTERS = 80;

/** One score. */
export function score({ score, value, failed }: ShownFeedback): Html | string {
  return failed ? <span class="bad">failed</span> : visible(textOf(score ?? value));
}

/** Means by key, of the runs and of the experiment as a whole. */
export function meanFigures({ scores, summaryScores, runCount }: ShownExperiment): Html | string {
  if (scores.size + summaryScores.size === 0) return '';
  return (
    <dl class="figures">
      {[...scores].map(([key, score]) =>
        // That some runs went without a score has to be seen next to the mean.
        meanFigure(key, score, score.count === runCount ? '' : counted(score.count, 'run')),
      )}
      {[...summaryScores].map(([key, score]) => meanFigure(key, score, 'overall'))}
    </dl>
  );
}

function meanFigure(key: string, score: MeanScore, remark: string): Html {
  return (
    <div>
      <dt>{visible(key)}</dt>
      <dd>
        {score.mean === undefined ? shares(score.values) : digitsFor(score.range).value(score.mean)}{' '}
        <span class="of">{remark}</span>
      </dd>
    </div>
  );
}

function textOf(value: JsonValue): string {
  if (value === null) return '–';
  const text = typeof value === 'string' ? value : indentJson(value);
  return text.length > MAX_CHARACTERS ? `${cut(text, MAX_CHARACTERS)}…` : text;
}
