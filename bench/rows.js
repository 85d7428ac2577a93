/** The files that are recorded: the same rows, as different tools write them. */
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw, createGzip } from 'node:zlib';

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

/** A row of about 1 KB, or `length` times as much. @param options.shift makes other answers and scores to the same questions. */
function toRow(n, { scores = 0, length = 1, shift = 0 }) {
  return {
    inputs: { question: `${n}: ${prose(n, 40 * length)}` },
    outputs: { answer: prose(n + 1 + shift, 80 * length) },
    reference_outputs: { answer: prose(n + 2, 20 * length) },
    latency: 0.25 + (n % 100) / 100,
    metadata: {
      ls_model_name: 'gpt-4o-mini',
      usage_metadata: { input_tokens: 40, output_tokens: 80, total_tokens: 120 },
    },
    ...(scores > 0 && {
      scores: Object.fromEntries(
        Array.from({ length: scores }, (_, k) => [
          `score_${k}`,
          ((n * (1 + k * shift) + shift) % 100) / 100,
        ]),
      ),
    }),
  };
}

export function writeRows(path, count, options = {}) {
  return writeFile(path, count, (n) => `${JSON.stringify(toRow(n, options))}\n`);
}

export function writeCsv(path, count, options) {
  return writeFile(path, count, (n) => {
    const { inputs, outputs, reference_outputs: reference, latency } = toRow(n, options);
    // Prose has no quotes.
    const cells = [inputs.question, outputs.answer, reference.answer].map((text) => `"${text}"`);
    return `${n === 0 ? 'question,answer,expected,latency\n' : ''}${cells},${latency}\n`;
  });
}

/** A promptfoo document of so many rows; `repeats` of them answer the same test. */
export function writePromptfoo(path, count, { providers, repeats = providers, ...options }) {
  const name = (n) => `openai:chat:model-${n % providers}`;
  const prompts = Array.from({ length: providers }, (_, n) => ({
    raw: '{{question}}',
    label: 'question',
    provider: name(n),
  }));
  const head = `{"evalId": "eval-bench", "results": {"version": 3, "timestamp": "2026-01-31T12:00:00.000Z", "prompts": ${JSON.stringify(prompts)}, "results": [\n`;
  return writeFile(path, count, (n) => {
    const test = Math.floor(n / repeats);
    const { inputs, outputs } = toRow(test, options);
    const result = {
      id: `r${n}`,
      testIdx: test,
      promptIdx: n % providers,
      prompt: { raw: inputs.question, label: 'question' },
      provider: { id: name(n) },
      vars: inputs,
      testCase: { vars: inputs },
      response: { output: `${n}: ${outputs.answer}`, tokenUsage: { prompt: 40, completion: 80 } },
      success: true,
      score: 1,
      namedScores: { right: 1 },
      latencyMs: 250 + (n % 100),
    };
    const end = n === count - 1 ? '\n]}}\n' : ',\n';
    return `${n === 0 ? head : ''}${JSON.stringify(result)}${end}`;
  });
}

/** Answers of an OpenAI batch. */
export function writeBatch(path, count, options) {
  return writeFile(path, count, (n) => {
    const message = { role: 'assistant', content: toRow(n, options).outputs.answer };
    const body = {
      id: `chatcmpl-${n}`,
      object: 'chat.completion',
      created: 1_767_225_600 + n,
      model: 'gpt-4o-mini',
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      usage: { prompt_tokens: 40, completion_tokens: 80, total_tokens: 120 },
    };
    const response = { status_code: 200, request_id: `q${n}`, body };
    return `${JSON.stringify({ id: `b${n}`, custom_id: `q-${n}`, response, error: null })}\n`;
  });
}

/** The requests that `writeBatch` answers. */
export function writeBatchRequests(path, count, options) {
  return writeFile(path, count, (n) => {
    const content = toRow(n, options).inputs.question;
    const body = { model: 'gpt-4o-mini', messages: [{ role: 'user', content }] };
    const request = { custom_id: `q-${n}`, method: 'POST', url: '/v1/chat/completions', body };
    return `${JSON.stringify(request)}\n`;
  });
}

/** The file, compressed. */
export function writeGzip(path, source) {
  return pipeline(createReadStream(source), createGzip(), createWriteStream(path));
}

/** A zip of one file. The header in front of an entry holds its size, so it is written last. */
export async function writeZip(path, source) {
  const name = Buffer.from('rows.jsonl');
  let crc = 0;
  let size = 0;
  async function* measured(chunks) {
    for await (const chunk of chunks) {
      crc = crc32(chunk, crc);
      size += chunk.length;
      yield chunk;
    }
  }
  const HEAD = 30 + name.length;
  const body = createWriteStream(path, { start: HEAD });
  await pipeline(createReadStream(source), measured, createDeflateRaw(), body);
  const packed = body.bytesWritten;

  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(20, 0);
  facts.writeUInt16LE(8, 4);
  facts.writeUInt32LE(crc, 10);
  facts.writeUInt32LE(packed, 14);
  facts.writeUInt32LE(size, 18);
  facts.writeUInt16LE(name.length, 22);
  const head = Buffer.concat([Buffer.from('PK\x03\x04'), facts, name]);
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), facts, Buffer.alloc(14), name]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(HEAD + packed, 16);

  const file = await open(path, 'r+');
  await file.write(head, 0, head.length, 0);
  await file.write(Buffer.concat([entry, end]), 0, entry.length + end.length, HEAD + packed);
  await file.close();
}

async function writeFile(path, count, toText) {
  const file = createWriteStream(path);
  for (let n = 0; n < count; n++) {
    if (!file.write(toText(n))) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}
