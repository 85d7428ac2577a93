// Takes the picture of the compare page that README shows: `npm run build && npm run screenshot`.

import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { openHome, record } from '../dist/index.js';

const PICTURE = new URL('../docs/compare.png', import.meta.url);
const QUESTIONS = [
  ['How long do refunds take?', 'Refunds arrive within 10 days of purchase.'],
  ['Can I change my plan?', 'You can change your plan at any time in Settings.'],
  ['Where is my invoice?', 'Invoices are sent by e-mail on the first of each month.'],
  ['Is there a free trial?', 'There is a free trial of 14 days, without a card.'],
];

/** A number from 0 to 1 that is the same each time. */
function chance(...names) {
  return createHash('sha256').update(names.join(' ')).digest().readUInt32BE() / 2 ** 32;
}

function rowsOf(name, quality) {
  return Array.from({ length: 120 }, (_, n) => {
    const [question, answer] = QUESTIONS[n % QUESTIONS.length];
    const isRight = chance(name, n) < quality;
    const row = {
      id: n + 1,
      inputs: { question: `${question} (customer ${n + 1})` },
      reference_outputs: { answer },
      latency: 0.6 + 2 * chance(name, n, 'latency'),
    };
    if (chance(name, n, 'error') < 0.02) return { ...row, error: 'TimeoutError: no answer' };
    const wrong = answer.replace(/can|within|on the first|14/, (word) => `not ${word}`);
    return {
      ...row,
      outputs: { answer: isRight ? answer : wrong },
      scores: {
        correct: isRight,
        faithfulness: Number(
          (0.3 + 0.4 * quality * chance(name, n, 'f') + 0.3 * isRight).toFixed(2),
        ),
        toxicity: Number((0.01 * chance(name, n, 't')).toFixed(4)),
        tone: chance(name, n, 'tone') < 0.6 ? 'kind' : 'neutral',
      },
    };
  });
}

const home = await openHome();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  const ids = [];
  let dataset;
  for (const [name, quality] of [
    ['prompt-v1', 0.6],
    ['prompt-v2', 0.8],
    ['small-model', 0.5],
  ]) {
    const [recording] = await record(rowsOf(name, quality), {
      client: home.client,
      dataset: 'support',
      experiment: name,
      isHome: true,
    });
    ids.push(recording.experiment.id);
    dataset = await home.client.findDataset('support');
  }
  const page = await browser.newPage({
    viewport: { width: 1360, height: 850 },
    extraHTTPHeaders: { 'x-api-key': home.key },
  });
  const path = `/o/${dataset.tenantId}/datasets/${dataset.id}/compare`;
  await page.goto(
    `${home.url}${path}?selectedSessions=${ids.join(',')}&show=regressed&metric=correct&vs=${ids[2]}&view=diff`,
  );
  writeFileSync(PICTURE, await page.screenshot());
} finally {
  await browser.close();
  await home.close();
}
