import type { Question } from '../../review.js';
import type { QueueSize } from '../../store/queues.js';
import type { Addresses } from '../addresses.js';
import type { Html } from '../html.js';
import { Empty, Heading, Layout, Section } from '../layout.js';
import { FeedbackList } from '../parts/feedback-list.js';
import { count } from '../parts/figures.js';
import { wholeOutcome } from '../parts/outcome.js';
import { whole } from '../parts/payload.js';
import { ReadingLinks, readingOf } from '../parts/reading.js';
import { visible } from '../parts/visible.js';
import type { PageReads } from '../reads.js';
import type { ShownRun } from '../shown.js';

/** A queue as people see it. */
export interface ShownQueue {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly instructions: string | null;
  readonly size: QueueSize;
}

interface Review {
  readonly queue: ShownQueue;
  readonly questions: readonly Question[];
  /** The run that waits; none where all are reviewed. */
  readonly run: ShownRun | undefined;
  readonly url: URL;
  /** There is a review to take back. */
  readonly canUndo: boolean;
  /** Why what was sent was not kept. */
  readonly problem?: string | undefined;
}

/** One run at a time: what it was given, what it answered, and what people are asked about it. */
export function reviewPage(reads: PageReads, at: Addresses, review: Review): Html {
  const { queue, run, questions, url, canUndo, problem } = review;
  const { all, reviewed, skipped } = queue.size;
  const done = `${count(reviewed)} of ${count(all)} reviewed`;
  return (
    <Layout
      title={`${done} · ${queue.name}`}
      crumbs={[{ text: 'Annotation queues', href: at.queues() }]}
    >
      <Heading kind="Annotation queue" name={queue.name} about={queue.description ?? undefined} />
      <p class="about">
        <progress max={Math.max(all, 1)} value={reviewed} aria-label="Reviewed" /> {done}
        {skipped > 0 && <>, {count(skipped)} of them skipped</>}
      </p>
      {queue.instructions !== null && <p class="about">{visible(queue.instructions)}</p>}
      {problem !== undefined && (
        <p class="bad" role="alert">
          {visible(problem)}
        </p>
      )}
      <form method="post" action={at.queue(queue.id)} id="review">
        {run && <RunToReview reads={reads} at={at} run={run} questions={questions} url={url} />}
        {canUndo && (
          <button type="submit" name="action" value="undo" data-key="u">
            Undo the last review <kbd>u</kbd>
          </button>
        )}
      </form>
      {!run && (
        <Empty words={all === 0 ? 'No run is in this queue yet.' : 'All runs are reviewed.'} />
      )}
    </Layout>
  );
}

function RunToReview(props: {
  readonly reads: PageReads;
  readonly at: Addresses;
  readonly run: ShownRun;
  readonly questions: readonly Question[];
  readonly url: URL;
}): Html {
  const { reads, at, run, questions, url } = props;
  const reference = run.exampleId === undefined ? null : reads.findReferenceOutputs(run.exampleId);
  const how = { reading: readingOf(url), moreAt: at.run(run) };
  return (
    <>
      <ReadingLinks url={url} />
      <input type="hidden" name="run" value={run.id} />
      <p class="about">
        <a href={at.run(run)}>{visible(run.rowId ?? run.name)}</a>
      </p>
      <Section title="Inputs">{whole(run.inputs, how)}</Section>
      <Section title={run.error === undefined ? 'Outputs' : 'Error'}>
        {wholeOutcome(run, how)}
      </Section>
      {reference !== null && <Section title="Reference outputs">{whole(reference, how)}</Section>}
      {run.feedback.length > 0 && (
        <details>
          <summary>Scores so far</summary>
          <FeedbackList feedback={run.feedback} />
        </details>
      )}
      {questions.map((question) => (
        <Choices question={question} />
      ))}
      <label class="field">
        Comment <kbd>c</kbd>
        <textarea name="comment" rows={2} data-focus="c" />
      </label>
      <label class="field">
        Correction: what would have been right
        <textarea name="correction" rows={2} />
      </label>
      <p class="actions">
        <button type="submit" name="action" value="save">
          Save, next <kbd>Enter</kbd>
        </button>{' '}
        <button type="submit" name="action" value="skip" data-key="s">
          Skip <kbd>s</kbd>
        </button>
      </p>
    </>
  );
}

function Choices({ question }: { readonly question: Question }): Html {
  const { key, description, choices } = question;
  return (
    <fieldset class="choices">
      <legend>
        {visible(key)}
        {description !== undefined && <span class="muted"> {visible(description)}</span>}
      </legend>
      {choices.map(({ value, label }, n) => (
        <label>
          <input type="radio" name={`score:${key}`} value={value} /> {visible(label)}
          {n < 9 && <kbd>{n + 1}</kbd>}
        </label>
      ))}
    </fieldset>
  );
}

/** All queues, the latest first. */
export function queuesPage(at: Addresses, queues: readonly ShownQueue[]): Html {
  return (
    <Layout title="Annotation queues" crumbs={[]}>
      <Heading kind="Runs that wait for people to score them" name="Annotation queues" />
      {queues.length === 0 && (
        <Empty words="There is no queue yet." command="ls-record queues create NAME --local" />
      )}
      <ul>
        {queues.map(({ id, name, size }) => (
          <li>
            <a href={at.queue(id)}>{visible(name)}</a>{' '}
            <span class="muted">
              {count(size.reviewed)} of {count(size.all)} reviewed
            </span>
          </li>
        ))}
      </ul>
    </Layout>
  );
}
