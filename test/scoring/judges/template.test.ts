import { describe, expect, test } from 'vitest';
import { Template, type TemplateFormat } from '../../../src/scoring/judges/template.js';

const render = (text: string, format: TemplateFormat, values: Record<string, string>) =>
  new Template(text, format).render((name) => values[name] ?? '?');

describe('a template', () => {
  test.for([
    ['mustache', 'a {{x}} b', 'a 1 b'],
    ['mustache', '{{ x }}{{{x}}}{{& x }}', '111'],
    ['mustache', '{{! note }}{{x.y}}', '?'],
    ['mustache', '{"json": {{x}}}', '{"json": 1}'],
    ['mustache', '{x}', '{x}'],
    ['f-string', 'a {x} b', 'a 1 b'],
    ['f-string', '{{"json": {x}}}', '{"json": 1}'],
    ['f-string', '{x!r} {x:>5}', '1 1'],
  ] as const)('of %s fills in %j', ([format, text, rendered]) => {
    expect(render(text, format, { x: '1' })).toBe(rendered);
  });

  test.for(['mustache', 'f-string'] as const)(
    'of %s never reads a value as a template',
    (format) => {
      const value = '{{secret}} {secret} {{{{x}}}}';

      const text = format === 'mustache' ? '<{{x}}>' : '<{x}>';

      expect(render(text, format, { x: value, secret: 'leaked' })).toBe(`<${value}>`);
    },
  );

  test.for(['{{#each}}', '{{/each}}', '{{^none}}', '{{> partial}}'])('refuses %s', (tag) => {
    expect(() => new Template(tag, 'mustache')).toThrow(/not a variable/);
  });
});
