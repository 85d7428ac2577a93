import { verdictInWords } from '../../../experiments/verdict-words.js';
import type { Html } from '../html.js';
import { Scroll } from '../layout.js';
import type { View } from '../query.js';
import type { Compared, Summary } from '../reads/comparisons.js';
import { digitsFor } from './digits.js';
import { count } from './figures.js';
import { rangeOf } from './strip.js';
import { visible } from './visible.js';

/** Differences by groups of examples, where they are asked for. */
export function Groups(props: {
  readonly summary: Summary;
  readonly judged: Compared;
  readonly view: View;
  readonly fault: string | undefined;
}): Html {
  const { summary, judged, view, fault } = props;
  const { comparison, session } = judged;
  const { groups = [] } = comparison ?? {};
  const keys = [...new Set(groups.flatMap(({ scores }) => scores.map(({ key }) => key)))];
  const digitsOf = (key: string) =>
    digitsFor(rangeOf(summary.experiments.flatMap(({ scores }) => scores.get(key) ?? [])));
  return (
    <section class="groups">
      {fault !== undefined && (
        <p class="bad" role="status">
          {visible(fault)}
        </p>
      )}
      {groups.length > 0 && (
        <Scroll label="Groups">
          <table>
            <thead>
              <tr>
                <th scope="col" dir="auto">
                  {visible(session.name)} by {visible(view.group ?? '')}
                </th>
                <th scope="col" class="number">
                  Examples
                </th>
                {keys.map((key) => (
                  <th scope="col">{visible(key)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {groups.map(({ group, examples, scores }) => (
                <tr>
                  <th scope="row" dir="auto">
                    {visible(group)}
                  </th>
                  <td class="number">{count(examples)}</td>
                  {keys.map((key) => {
                    const found = scores.find((score) => score.key === key);
                    const { difference } = found ?? {};
                    return (
                      <td>
                        {difference !== undefined && digitsOf(key).difference(difference)}{' '}
                        <small>{found && verdictInWords(found)}</small>
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}
