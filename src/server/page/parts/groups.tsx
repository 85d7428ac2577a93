import type { KeyComparison } from '../../../experiments/statistics.js';
import type { Html } from '../html.js';
import type { View } from '../query.js';
import type { Compared, Summary } from '../reads/comparisons.js';
import { type Digits, digitsOf } from './digits.js';
import { count } from './figures.js';
import { verdictOf } from './strip.js';
import { Table } from './table.js';
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
  return (
    <section class="groups">
      {fault !== undefined && (
        <p class="bad" role="status">
          {visible(fault)}
        </p>
      )}
      {groups.length > 0 && (
        <Table
          label="Groups"
          rows={groups}
          columns={[
            {
              title: (
                <>
                  {visible(session.name)} by {visible(view.group ?? '')}
                </>
              ),
              cell: ({ group }) => visible(group),
            },
            { title: 'Examples', look: 'number', cell: ({ examples }) => count(examples) },
            ...keys.map((key) => ({
              title: visible(key),
              cell: ({ scores }: (typeof groups)[number]) => {
                const found = scores.find((score) => score.key === key);
                return found && shown(found, digitsOf(key, summary.experiments));
              },
            })),
          ]}
        />
      )}
    </section>
  );
}

function shown(compared: KeyComparison, digits: Digits): Html {
  const { difference, pairs } = compared;
  return (
    <>
      {difference !== undefined && digits.difference(difference)} {verdictOf(compared)}{' '}
      <small>n {count(pairs.gains.length)}</small>
    </>
  );
}
