import { printJson } from '../../src/json/print.js';
import type { JsonObject } from '../../src/json/value.js';
import { printIso, printOrderTime } from '../../src/server/time.js';
import type { TestHome } from '../support/home.js';

/** Numbered UUIDs: `uuid(7)`. */
export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** Microseconds. */
export const NOON = Date.parse('2026-01-31T12:00:00Z') * 1000;

export interface Answer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into any answer.
  readonly json: any;
}

/** Sends a request to a home. A body that is a text or bytes goes as it is. */
export async function send(
  home: Pick<TestHome, 'url'>,
  request: string,
  body?: object | string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const [method = 'GET', path = '/'] = request.split(' ');
  const isRaw = typeof body === 'string' || body instanceof Uint8Array || body instanceof FormData;
  const response = await fetch(home.url + path, {
    method,
    headers,
    ...(body !== undefined && { body: isRaw ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, json: JSON.parse(text) };
}

/** A dataset (1) with an example (2) and an experiment (3). */
export async function openExperiment(home: Pick<TestHome, 'url'>): Promise<void> {
  await send(home, 'POST /datasets', { id: uuid(1), name: 'capitals' });
  await send(home, 'POST /examples', {
    id: uuid(2),
    dataset_id: uuid(1),
    inputs: { country: 'France' },
    outputs: { capital: 'Paris' },
  });
  await send(home, 'POST /sessions', {
    id: uuid(3),
    name: 'guesses',
    reference_dataset_id: uuid(1),
    start_time: printIso(NOON),
  });
}

/** A run's JSON; what a test looks at is there unless it is changed away. */
type Run = Record<string, unknown> & { readonly dotted_order: string };

/** A root run of the experiment that is as it should be, but for what is given. */
export function run(number: number, changes: Record<string, unknown> = {}): Run {
  const id = uuid(number);
  return {
    id,
    trace_id: id,
    dotted_order: printOrderTime(NOON) + id,
    name: 'guess',
    run_type: 'llm',
    start_time: printIso(NOON),
    end_time: printIso(NOON + 2_500_000),
    session_id: uuid(3),
    reference_example_id: uuid(2),
    inputs: { country: 'France' },
    outputs: { capital: 'Paris' },
    ...changes,
  };
}

/** A form as LangSmith's ingestion takes it, each part with its length. */
export function form(
  parts: Record<string, object | string>,
  lengthOf: (content: string) => number | undefined = Buffer.byteLength,
): { body: Uint8Array; headers: Record<string, string> } {
  const boundary = 'boundary-of-the-test';
  const text = Object.entries(parts).map(([name, part]) => {
    const content = typeof part === 'string' ? part : printJson(part as JsonObject);
    const length = lengthOf(content);
    const parameter = length === undefined ? '' : `; length=${length}`;
    return (
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n` +
      `Content-Type: application/json${parameter}\r\n\r\n${content}\r\n`
    );
  });
  return {
    body: Buffer.from(`${text.join('')}--${boundary}--\r\n`),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

/** Sends parts to POST /runs/multipart. */
export function sendRuns(
  home: Pick<TestHome, 'url'>,
  parts: Record<string, object | string>,
): Promise<Answer> {
  const { body, headers } = form(parts);
  return send(home, 'POST /runs/multipart', body, headers);
}
