/** Writes `count` rows of about 1 KB each as JSONL. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

const WORDS =
  'the model answers a question about the capital of a country and gives its reasons at some length'.split(
    ' ',
  );

/** Text that looks like a language and compresses like one; the same for the same row. */
function prose(seed, words) {
  let text = '';
  let state = seed * 2_654_435_761 + 1;
  for (let n = 0; n < words; n++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += `${WORDS[state % WORDS.length]}${n % 7 === 6 ? state.toString(36) : ''} `;
  }
  return text.trim();
}

export async function writeRows(path, count, { scores = 0 } = {}) {
  const file = createWriteStream(path);
  for (let n = 0; n < count; n++) {
    const row = {
      inputs: { question: `${n}: ${prose(n, 40)}` },
      outputs: { answer: prose(n + 1, 80) },
      reference_outputs: { answer: prose(n + 2, 20) },
      latency: 0.25 + (n % 100) / 100,
      metadata: {
        ls_model_name: 'gpt-4o-mini',
        usage_metadata: { input_tokens: 40, output_tokens: 80, total_tokens: 120 },
      },
      ...(scores > 0 && {
        scores: Object.fromEntries(
          Array.from({ length: scores }, (_, k) => [`score_${k}`, (n % 100) / 100]),
        ),
      }),
    };
    if (!file.write(`${JSON.stringify(row)}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}
