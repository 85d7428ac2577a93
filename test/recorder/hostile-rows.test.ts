import { describe, expect, onTestFinished } from 'vitest';
import { LangSmith } from '../../src/langsmith/client.js';
import type { RecordOptions } from '../../src/recorder/record-options.js';
import { test } from '../support/home.js';
import { readBack } from '../support/read-back.js';
import { record } from '../support/record.js';
import { sourceOf } from '../support/rows.js';

async function recordText(url: string, text: string, options: Partial<RecordOptions> = {}) {
  const client = new LangSmith({ endpoint: url });
  onTestFinished(() => client.close());
  const recording = await record(await sourceOf(text), { client, dataset: 'hostile', ...options });
  return { recording, ...(await readBack(url, recording.experiment, recording.dataset)) };
}

describe('names that every object has arrive as what they are', () => {
  const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
  const object = (value: string) => `{${NAMES.map((name) => `"${name}":${value}`).join(',')}}`;
  const payload = object('{"__proto__":{"constructor":1}}');

  test('in payloads, metadata, scores and children', async ({ home }) => {
    const child = `{"name":"child","inputs":${payload},"outputs":${payload},"scores":${object('0.5')}}`;
    const row = `{"inputs":${payload},"outputs":${payload},"reference_outputs":${payload},"metadata":${payload},"example_metadata":${payload},"scores":${object('1')},"child_runs":[${child}]}`;

    const { recording, runs, roots, examples, feedback } = await recordText(home.url, row, {});

    expect(recording.rows).toEqual({ read: 1, recorded: 1, refused: 0, skipped: 0, left: 0 });
    for (const run of runs) {
      expect(JSON.stringify(run.inputs)).toBe(payload);
      expect(JSON.stringify(run.outputs)).toBe(payload);
    }
    expect(JSON.stringify(examples[0]?.outputs)).toBe(payload);
    for (const name of NAMES) {
      expect(Object.hasOwn(roots[0]?.extra.metadata ?? {}, name), name).toBe(true);
      expect(feedback.filter(({ key }) => key === name)).toHaveLength(2);
    }
  });

  test('as fields that no row has: they are kept in its metadata', async ({ home }) => {
    const row = `{"inputs":{},"outputs":{},${object('"kept"').slice(1)}`;

    const { roots } = await recordText(home.url, row);

    const metadata = roots[0]?.extra.metadata ?? {};
    const kept = ['source___proto__', 'constructor', 'toString', 'hasOwnProperty'];
    expect(kept.map((name) => Object.getOwnPropertyDescriptor(metadata, name)?.value)).toEqual(
      kept.map(() => 'kept'),
    );
  });
});

test('lone surrogates and U+0000 anywhere are replaced, counted and said', async ({ home }) => {
  const bad = '\\ud800\\u0000';
  const row = `{"inputs":{"${bad}":"${bad}"},"outputs":{"a":["${bad}"]},"name":"${bad}","tags":["${bad}"],"metadata":{"${bad}":1},"scores":{"s":{"score":1,"comment":"${bad}"},"${bad}":1}}`;

  const { recording, roots, feedback } = await recordText(home.url, row);

  const replaced = '\ufffd\ufffd';
  expect(roots).toMatchObject([
    { name: replaced, inputs: { [replaced]: replaced }, outputs: { a: [replaced] } },
  ]);
  expect(feedback.map(({ key }) => key).sort()).toEqual(['s', replaced]);
  expect(recording.verified).toBe('yes');
  expect(recording.notes.join('\n')).toContain('replaced by U+FFFD');
});
