import { differingSettings, settingsOf } from '../../../experiments/settings.js';
import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { Scroll } from '../layout.js';
import type { Compared, Summary } from '../reads/comparisons.js';
import type { FoundRows } from '../reads/rows.js';
import { metadataIn } from '../reads/show.js';
import { count, counted } from './figures.js';
import { Dot, type LinkTo } from './strip.js';
import { visible } from './visible.js';

/** Settings that are named in the line; the table below has all. */
const NAMED = 6;

/** What has to be known before any number: how far the experiments are about the same examples, and how they were set. */
export function Alignment(props: {
  readonly summary: Summary;
  readonly found: FoundRows;
  readonly linkTo: LinkTo;
}): Html {
  const { summary, found, linkTo } = props;
  const { experiments } = summary;
  const { size } = found.places;
  const hardly = 2 * found.answeredByAll < size;
  const differing = namesOfDiffering(experiments);
  const astray = experiments.reduce((sum, { subject }) => sum + subject.withoutExample, 0);
  const examples = counted(size, 'example');
  return (
    <p class={hardly ? 'alignment warn' : 'alignment'}>
      {experiments.length === 1 ? (
        examples
      ) : hardly ? (
        <strong>
          Only {count(found.answeredByAll)} of {examples} answered by all
        </strong>
      ) : (
        `${examples} · ${count(found.answeredByAll)} answered by all`
      )}
      {experiments.map(({ subject, session: { name } }) => {
        const lacking = size - subject.rows.size;
        return (
          lacking > 0 && (
            <>
              {' · '}
              <a href={linkTo({ show: 'missing' })}>
                {visible(name)} lacks {count(lacking)}
              </a>
            </>
          )
        );
      })}
      {experiments.map(({ comparison, session: { name } }) => {
        const edited = comparison?.alignment.changed.length ?? 0;
        return (
          edited > 0 && (
            <>
              {' · '}
              {counted(edited, 'example')} edited before {visible(name)}
            </>
          )
        );
      })}
      {astray > 0 && ` · ${counted(astray, 'run')} without an example`}
      {differing.length > 0 && (
        <>
          {' · settings that differ: '}
          {visible(differing.slice(0, NAMED).join(', '))}
          {differing.length > NAMED && ` and ${differing.length - NAMED} more`}
        </>
      )}
      {' · '}
      <a href="#settings">all settings</a>
    </p>
  );
}

function extraOf({ session }: Compared) {
  return { extra: { metadata: metadataIn(session.extra) } };
}

function namesOfDiffering([baseline, ...others]: Summary['experiments']): string[] {
  const names = others.flatMap((one) =>
    differingSettings(extraOf(baseline), extraOf(one)).map(({ name }) => name),
  );
  return [...new Set(names)].sort();
}

/** The metadata of the experiments; where they differ first. */
export function Settings({
  summary,
  at,
}: {
  readonly summary: Summary;
  /** Undefined in a report, which leads nowhere. */
  readonly at: Addresses | undefined;
}): Html {
  const { experiments } = summary;
  const settings = experiments.map((one) => settingsOf(extraOf(one)));
  const differing = namesOfDiffering(experiments);
  const names = [...new Set(settings.flatMap((of) => [...of.keys()]))].sort();
  const ordered = [...differing, ...names.filter((name) => !differing.includes(name))];
  return (
    <section class="settings" id="settings">
      <h2>Settings</h2>
      <Scroll label="Settings">
        <table>
          <thead>
            <tr>
              <th scope="col">Setting</th>
              {experiments.map(({ session: { id, name } }, place) => (
                <th scope="col">
                  <Dot at={place} />
                  <span dir="auto">{visible(name)}</span>{' '}
                  {at && <a href={at.project(id)}>all its runs</a>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ordered.map((name) => (
              <tr class={differing.includes(name) ? 'differs' : undefined}>
                <th scope="row" dir="auto">
                  {visible(name)}
                </th>
                {settings.map((of) => (
                  <td dir="auto">{visible(of.get(name) ?? '–')}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}
