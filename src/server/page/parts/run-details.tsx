import type { JsonObject } from '../../../json/value.js';
import type { Html } from '../html.js';
import { Figures, Section } from '../layout.js';
import type { View } from '../query.js';
import type { ShownAttachment, ShownRun } from '../shown.js';
import { Attachments } from './attachments.js';
import { FeedbackList } from './feedback-list.js';
import { count, dollars, moment, seconds } from './figures.js';
import { wholeOutcome } from './outcome.js';
import { whole } from './payload.js';
import { visible } from './visible.js';

/** All there is to know of one run, but the runs below it. */
export function RunDetails(props: {
  readonly run: ShownRun;
  readonly reference: JsonObject | null;
  readonly files: readonly ShownAttachment[];
  /** What is wrong with it as it was sent. */
  readonly marks: readonly string[];
  readonly reading: View['text'];
}): Html {
  const { run, reference, files, marks, reading } = props;
  const how = { reading, moreAt: `/api/v1/runs/${run.id}` };
  return (
    <>
      <Figures entries={figuresOf(run)} />
      <p class="about">
        Started {moment(run.startTime)}
        {run.tags.length > 0 && <> · tagged {visible(run.tags.join(', '))}</>}
      </p>
      {marks.length > 0 && <p class="about">Note: {visible(marks.join('; '))}</p>}
      <Section title="Inputs">{whole(run.inputs, how)}</Section>
      <Section title={run.error === undefined ? 'Outputs' : 'Error'}>
        {wholeOutcome(run, how)}
      </Section>
      {reference !== null && (
        <Section title="Reference outputs">
          {whole(reference, { ...how, moreAt: `/api/v1/examples/${run.exampleId}` })}
        </Section>
      )}
      {run.feedback.length > 0 && (
        <Section title="Feedback">
          <FeedbackList feedback={run.feedback} />
        </Section>
      )}
      {files.length > 0 && (
        <Section title="Attachments">
          <Attachments files={files} />
        </Section>
      )}
      {run.events.length > 0 && (
        <Section title="Events">{whole({ output: [...run.events] }, how)}</Section>
      )}
      {Object.keys(run.metadata).length > 0 && (
        <Section title="Metadata">{whole(run.metadata, how)}</Section>
      )}
    </>
  );
}

function figuresOf(run: ShownRun): [string, Html | string][] {
  const entries: [string, Html | string | undefined][] = [
    ['Row', run.rowId === undefined ? undefined : visible(run.rowId)],
    ['Status', statusOf(run)],
    ['Latency', seconds(run.latency)],
    ['Tokens', tokensOf(run)],
    ['Cost', run.totalCost === undefined ? undefined : dollars(run.totalCost)],
    ['Model', run.model === undefined ? undefined : visible(run.model)],
  ];
  return entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

function tokensOf({ totalTokens, promptTokens, completionTokens }: ShownRun): Html {
  const isSplit = promptTokens !== undefined && completionTokens !== undefined;
  return (
    <>
      {count(totalTokens)}
      {isSplit && (
        <span class="of">
          {' '}
          {count(promptTokens)} in, {count(completionTokens)} out
        </span>
      )}
    </>
  );
}

function statusOf(run: ShownRun): Html | string {
  if (run.error !== undefined) return <span class="bad">Error</span>;
  return run.endTime === undefined ? 'Running' : 'Success';
}
