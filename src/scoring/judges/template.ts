import { LsRecordError } from '../../errors.js';

/** How LangSmith writes prompts: `{{input}}`, or `{input}` as Python has it. */
export const TEMPLATE_FORMATS = ['mustache', 'f-string'] as const;

export type TemplateFormat = (typeof TEMPLATE_FORMATS)[number];

/** A prompt with places for values. What is put in is never read as a template. */
export class Template {
  readonly text: string;
  readonly #parts: readonly TemplatePart[];

  /** @throws {LsRecordError} `USAGE` for what cannot be filled in here: sections and partials. */
  constructor(text: string, format: TemplateFormat) {
    this.text = text;
    this.#parts = [...(format === 'mustache' ? readMustache(text) : readFString(text))];
  }

  /** Each once, in the order in which they come. */
  get variables(): string[] {
    const names = this.#parts.flatMap((part) => (typeof part === 'string' ? [] : [part.variable]));
    return [...new Set(names)];
  }

  render(show: (variable: string) => string): string {
    return this.#parts
      .map((part) => (typeof part === 'string' ? part : show(part.variable)))
      .join('');
  }
}

type TemplatePart = string | { readonly variable: string };

const MUSTACHE = /\{\{\{\s*([^{}]+?)\s*\}\}\}|\{\{\s*([!#^/>=&]?)\s*([^{}]*?)\s*\}\}/g;

function* readMustache(text: string): Generator<TemplatePart> {
  let end = 0;
  for (const match of text.matchAll(MUSTACHE)) {
    const [whole, raw, mark, name = ''] = match;
    yield text.slice(end, match.index);
    end = match.index + whole.length;
    if (mark === '!') continue;
    if (mark !== undefined && mark !== '' && mark !== '&') throw unsupported(whole);
    yield { variable: raw ?? name };
  }
  yield text.slice(end);
}

const F_STRING = /\{\{|\}\}|\{([^{}!:]*)(?:[!:][^{}]*)?\}/g;

function* readFString(text: string): Generator<TemplatePart> {
  let end = 0;
  for (const match of text.matchAll(F_STRING)) {
    const [whole, variable] = match;
    yield text.slice(end, match.index);
    end = match.index + whole.length;
    yield variable === undefined ? whole.slice(1) : { variable: variable.trim() };
  }
  yield text.slice(end);
}

function unsupported(tag: string): LsRecordError {
  return new LsRecordError('USAGE', `the prompt has ${tag}, which is not a variable`, {
    hint: 'Prompts can hold variables such as {{input}}, but no sections or partials.',
  });
}
