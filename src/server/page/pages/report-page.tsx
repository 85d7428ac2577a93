import { html, raw } from 'hono/html';
import type { Html } from '../html.js';
import { ComparedRows, rowName } from '../parts/compared-rows.js';
import { FeedbackList } from '../parts/feedback-list.js';
import { count } from '../parts/figures.js';
import { wholeOutcome } from '../parts/outcome.js';
import { whole } from '../parts/payload.js';
import { Alignment, Settings } from '../parts/settings.js';
import { Dot, type LinkTo, Strip } from '../parts/strip.js';
import { visible, visibleText } from '../parts/visible.js';
import type { ShownExample } from '../shown.js';
import { STYLE } from '../style.js';
import { type ComparePage, compareTitle, titleOf } from './compare-page.js';

/** Nothing leads out of the file. */
const NOWHERE: LinkTo = () => undefined;

/** It holds its style, and loads nothing. */
export const REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** A comparison as one file: summary and whole rows, without links out of it, scripts or anything to load. */
export function reportPage(page: ComparePage): Html {
  const { dataset, summary, found, examples } = page;
  const title = compareTitle(summary, dataset);
  return html`<!doctype html>${(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content={REPORT_POLICY} />
        <title>{visibleText(title)}</title>
        {html`<style>${raw(STYLE)}</style>`}
      </head>
      <body>
        <main id="main">
          <p class="kind">{visible(dataset.name)}</p>
          <h1 dir="auto">{visible(titleOf(summary))}</h1>
          <Alignment summary={summary} found={found} linkTo={NOWHERE} />
          <Strip summary={summary} linkTo={NOWHERE} />
          <Settings summary={summary} at={undefined} />
          <h2>
            {count(examples.length)} of {count(found.ids.length)} rows
          </h2>
          <ComparedRows rows={page} examples={examples} />
          {examples.map((example) => (
            <WholeRow page={page} example={example} />
          ))}
        </main>
      </body>
    </html>
  )}`;
}

/** Where the name of a row in the table leads. */
export function anchorOf(exampleId: string): string {
  return `#whole-${exampleId}`;
}

function WholeRow(props: { readonly page: ComparePage; readonly example: ShownExample }): Html {
  const { page, example } = props;
  return (
    <section id={anchorOf(example.id).slice(1)} class="whole">
      <h2>Row {visible(rowName(example.id, example.runs, page.found))}</h2>
      <h3>Inputs</h3>
      {whole(example.inputs, {})}
      {example.referenceOutputs !== null && (
        <>
          <h3>Reference outputs</h3>
          {whole(example.referenceOutputs, {})}
        </>
      )}
      {page.summary.experiments.map(({ session }, at) =>
        example.runs
          .filter(({ experimentId }) => experimentId === session.id)
          .map((run) => (
            <>
              <h3>
                <Dot at={at} />
                {visible(session.name)}
              </h3>
              {wholeOutcome(run, {})}
              {run.feedback.length > 0 && <FeedbackList feedback={run.feedback} />}
            </>
          )),
      )}
    </section>
  );
}
