import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/json/value.js';
import { PayloadDiff } from '../../src/server/page/parts/diff.js';
import { digitsFor } from '../../src/server/page/parts/digits.js';
import { Markdown } from '../../src/server/page/parts/markdown.js';
import { preview, whole } from '../../src/server/page/parts/payload.js';

const PIXEL = 'iVBORw0KGgo=';

describe('a chat', () => {
  test.for<[string, JsonObject]>([
    [
      'OpenAI',
      { role: 'assistant', content: null, tool_calls: [openAiCall('weather', '{"city":"Bern"}')] },
    ],
    ['OpenAI, responses', { type: 'function_call', name: 'weather', arguments: '{"city":"Bern"}' }],
    [
      'Anthropic',
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: '1', name: 'weather', input: { city: 'Bern' } }],
      },
    ],
    [
      'LangChain',
      { type: 'ai', content: '', tool_calls: [{ name: 'weather', args: { city: 'Bern' } }] },
    ],
    [
      'LangChain, serialised',
      {
        lc: 1,
        type: 'constructor',
        id: ['langchain', 'AIMessage'],
        kwargs: { content: '', tool_calls: [{ name: 'weather', args: { city: 'Bern' } }] },
      },
    ],
    [
      'Gemini',
      { role: 'model', parts: [{ functionCall: { name: 'weather', args: { city: 'Bern' } } }] },
    ],
  ])('shows a tool call of %s as a call', ([, message]) => {
    expect(textOf(whole({ messages: [message] }))).toMatch(/weather \(city: "Bern"\)$/);
    expect(textOf(preview({ messages: [message] }))).toMatch(/weather\(city: "Bern"\)$/);
  });

  test.for<[string, JsonObject]>([
    ['OpenAI', { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } }],
    ['Anthropic', { type: 'image', source: base64({ media_type: 'image/png' }) }],
    ['Gemini', { inline_data: base64({ mime_type: 'image/png' }) }],
  ])('shows an image of %s', ([, part]) => {
    const payload = {
      messages: [{ role: 'user', content: [{ type: 'text', text: 'See' }, part] }],
    };

    expect(String(whole(payload))).toContain(`<img src="data:image/png;base64,${PIXEL}" alt=""/>`);
    expect(textOf(preview(payload))).toBe('user See [image]');
  });

  test('never loads an image from elsewhere', () => {
    const part = { type: 'image_url', image_url: { url: 'http://elsewhere.example/a.png' } };

    const shown = String(whole({ messages: [{ role: 'user', content: [part] }] }));

    expect(shown).not.toContain('<img');
    expect(shown).toContain('http://elsewhere.example/a.png');
  });

  test('shows results of tools, thoughts, and members that are not known', () => {
    const shown = textOf(
      whole({
        messages: [
          { role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm.' }], score: 3 },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: '1', content: '12 °C' }] },
        ],
      }),
    );

    expect(shown).toBe('assistant Hm. {"score":3} user 12 °C');
  });
});

describe('Markdown', () => {
  test.for([
    ['# Head', '<p class="md-heading">Head</p>'],
    ['- a\n- b', '<ul><li>a</li><li>b</li></ul>'],
    ['3. a', '<ol start="3"><li>a</li></ol>'],
    ['**a** *b* `c`', '<p><strong>a</strong> <em>b</em> <code>c</code></p>'],
    ['a\nb', '<p>a<br/>b</p>'],
    ['[a](https://b.example)', '<p><a href="https://b.example" rel="noreferrer">a</a></p>'],
    ['[a](javascript:alert(1))', '<p>[a](javascript:alert(1))</p>'],
    [
      '![a](https://b.example/c.png)',
      '<p><a href="https://b.example/c.png" rel="noreferrer">a</a></p>',
    ],
    [
      `![a](data:image/png;base64,${PIXEL})`,
      `<p><img src="data:image/png;base64,${PIXEL}" alt="a"/></p>`,
    ],
    ['a <script>b</script>', '<p>a &lt;script&gt;b&lt;/script&gt;</p>'],
    ['<img src=x onerror=y>', '&lt;img src=x onerror=y&gt;'],
    ['```js\n<a>\n```', '<div class="value code">&lt;a&gt;</div>'],
  ] as const)('%j', ([text, markup]) => {
    expect(String(Markdown({ text }))).toBe(`<div class="markdown">${markup}</div>`);
  });

  test('a table', () => {
    expect(String(Markdown({ text: '| a | b |\n|---|--:|\n| 1 | 2 |' }))).toContain(
      '<td>1</td><td class="to-right">2</td>',
    );
  });

  test.for(['>', '1. ', '[', '*a '])('%j ten thousand times ends soon', (sign) => {
    expect(String(Markdown({ text: sign.repeat(10_000) })).length).toBeGreaterThan(1000);
  });

  test('is not made of text that only has line ends', () => {
    const code = 'def f(x):\n    return x * 2 * y';

    expect(String(whole({ output: code }))).toContain(`>${code}</div>`);
  });
});

describe('a difference', () => {
  test('of two texts is by words', () => {
    const shown = PayloadDiff({ before: { output: 'a red cat' }, after: { output: 'a blue cat' } });

    expect(String(shown)).toContain('a <del>red</del><ins>blue</ins> cat');
  });

  test('of a chat and an answer is by words of what was said last', () => {
    const chat = {
      messages: [
        { role: 'tool', content: 'shipped' },
        { role: 'assistant', content: 'a blue cat' },
      ],
    };

    const shown = PayloadDiff({ before: { answer: 'a red cat' }, after: chat });

    expect(String(shown)).toContain('a <del>red</del><ins>blue</ins> cat');
  });

  test('of two objects is by key, with what is the same counted', () => {
    const before = { a: { b: [1, 2] }, c: 'x', gone: true };
    const after = { a: { b: [1, 3] }, c: 'x', added: null };

    expect(textOf(PayloadDiff({ before, after }))).toBe(
      'a.b[1] 2 3 gone true added null 2 others the same',
    );
  });
});

function openAiCall(name: string, text: string): JsonObject {
  return { id: '1', type: 'function', function: { name, arguments: text } };
}

function base64(type: JsonObject): JsonObject {
  return { type: 'base64', data: PIXEL, ...type };
}

function textOf(markup: unknown): string {
  return String(markup)
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replace(/\s+/g, ' ')
    .trim();
}

describe('a difference', () => {
  test.for([
    [0.12345, '+0.12'],
    [-0.00022, '−0.00022'],
    // 0.1 + 0.2 - 0.3, as sums of many scores leave it.
    [5.551115123125783e-17, '±0'],
    [-5.551115123125783e-17, '±0'],
    [0, '±0'],
  ] as const)('of %d shows the digits that count: %s', ([difference, shown]) => {
    expect(digitsFor(1).difference(difference)).toBe(shown);
  });
});
