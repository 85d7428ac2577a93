import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/json/value.js';
import { type RedactOptions, Redactor } from '../../../src/prepare/redact/redactor.js';

const rowOf = (value: JsonValue) => ({
  origin: { file: 'a.jsonl', line: 1 },
  index: 0,
  shape: 'document' as const,
  value,
});
const run = (value: JsonValue, options: RedactOptions) => {
  const row = new Redactor(options).redact(rowOf(value));
  return { value: JSON.parse(JSON.stringify(row.value)), changes: row.changes };
};

describe('fields', () => {
  test('go whole, at any depth, through lists, and in the flat columns of a table', () => {
    const redactField = ['inputs.messages.content', 'metadata.user'];
    const messages: JsonValue = [{ role: 'user', content: 'secret' }, { content: ['a', 'b'] }];

    expect(run({ inputs: { messages }, metadata: { user: { id: 1 } } }, { redactField })).toEqual({
      value: {
        inputs: { messages: [{ role: 'user', content: '[redacted]' }, { content: '[redacted]' }] },
        metadata: { user: '[redacted]' },
      },
      changes: [
        'inputs.messages.content redacted',
        'inputs.messages.content redacted',
        'metadata.user redacted',
      ],
    });
    expect(run({ 'metadata.user.id': '7', 'metadata.users': '8' }, { redactField }).value).toEqual({
      'metadata.user.id': '[redacted]',
      'metadata.users': '8',
    });
  });

  test('that no row has are an error: they may be misspelt', () => {
    const redactor = new Redactor({ redactField: ['inputs.emial'] });
    redactor.redact(rowOf({ inputs: { email: 'a' } }));
    expect(() => redactor.checkFields()).toThrow('no row has inputs.emial');
  });

  test('of a line that cannot be read cannot be found: nothing of it is kept', () => {
    const broken = { ...rowOf(null), problem: 'is not JSON', text: '{"phone": "555' };
    const { text } = new Redactor({ redactField: ['phone'] }).redact({ ...broken });
    expect(text).toBe('[redacted: this line could not be read]');
  });
});

describe('patterns', () => {
  test('are expressions of your own', () => {
    const { value, changes } = run(
      { inputs: 'ACME-123456 and ACME-1' },
      { redactPattern: ['ACME-\\d{6}'] },
    );
    expect(value.inputs).toBe('[redacted:pattern] and ACME-1');
    expect(changes).toEqual(['text of --redact-pattern redacted']);
  });

  test('that are none, and unknown forms, are misuse', () => {
    expect(() => new Redactor({ redactPattern: ['('] })).toThrow('is not a regular expression');
    expect(() => new Redactor({ redact: true, redactExcept: ['emails'] })).toThrow('emails');
  });

  test('that match nothing at all change nothing', () => {
    const row = rowOf({ inputs: 'yz' });
    expect(new Redactor({ redactPattern: ['x*'] }).redact(row)).toBe(row);
  });
});

test('forms that are excepted stay', () => {
  const value = { inputs: 'ada@example.com' };
  expect(run(value, { redact: true, redactExcept: ['email'] }).value).toEqual(value);
});

test('keys of objects are redacted too, and two of them stay two', () => {
  const value = { inputs: { 'ada@example.com': 1, 'bob@example.com': 2 } };
  expect(run(value, { redact: true }).value).toEqual({
    inputs: { '[redacted:email]': 1, '[redacted:email]-2': 2 },
  });
});
