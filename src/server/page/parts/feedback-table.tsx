import type { Html } from '../html.js';
import { Scroll } from '../layout.js';
import type { ShownFeedback } from '../shown.js';
import { whole } from './payload.js';
import { score } from './scores.js';
import { visible } from './visible.js';

/** What evaluators and people said of a run. Columns that none of them filled are left out. */
export function feedbackTable(feedback: readonly ShownFeedback[]): Html {
  const columns = OPTIONAL_COLUMNS.filter(({ cell }) => feedback.some((given) => cell(given)));
  return (
    <Scroll label="Feedback">
      <table>
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col" class="number">
              Score
            </th>
            {columns.map(({ title }) => (
              <th scope="col">{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {feedback.map((given) => (
            <tr>
              <th scope="row" class="name" dir="auto">
                {visible(given.key)}
              </th>
              <td class="number">{score(given)}</td>
              {columns.map(({ cell }) => (
                <td class="wide">{cell(given)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

const OPTIONAL_COLUMNS: { title: string; cell(given: ShownFeedback): Html | undefined }[] = [
  {
    title: 'Value',
    cell: ({ value }) => (value === null ? undefined : whole({ output: value })),
  },
  {
    title: 'Comment',
    cell: ({ comment }) => (comment ? whole({ output: comment }) : undefined),
  },
  {
    title: 'Correction',
    cell: ({ correction }) => (correction === null ? undefined : whole({ output: correction })),
  },
];
