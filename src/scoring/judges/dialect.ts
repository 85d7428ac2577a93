import type { JsonObject } from '../../json/value.js';
import type { Model, Provider } from './models.js';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** How an answer is held to its shape, the strictest first. */
const FORMATS = ['json_schema', 'json_object', 'text'] as const;

interface Habits {
  readonly format: (typeof FORMATS)[number];
  readonly temperature: number | undefined;
  readonly maxTokens: number | undefined;
  readonly tokensName: 'max_tokens' | 'max_completion_tokens';
}

/** Which parameters a model takes. Providers differ, and their models too: what is refused is left out. */
export class Dialect {
  readonly #model: string;
  readonly #habits: Habits;

  private constructor(model: string, habits: Habits) {
    this.#model = model;
    this.#habits = habits;
  }

  static of({ name, temperature, maxTokens }: Model, provider: Provider): Dialect {
    return new Dialect(name, {
      format: provider.takesSchema ? 'json_schema' : 'text',
      temperature,
      maxTokens,
      tokensName: 'max_tokens',
    });
  }

  /** The body of a request. @param schema of the answer: an object. */
  body(messages: readonly ChatMessage[], schema: JsonObject): string {
    const { format, temperature, maxTokens, tokensName } = this.#habits;
    return JSON.stringify({
      model: this.#model,
      messages: format === 'json_schema' ? messages : withShape(messages, schema),
      temperature,
      [tokensName]: maxTokens,
      response_format: responseFormat(format, schema),
    });
  }

  /** The same without what these words complain of; undefined if there is nothing left to leave out. */
  without(words: string): Dialect | undefined {
    const { temperature, maxTokens, tokensName, format } = this.#habits;
    if (temperature !== undefined && /temperature/i.test(words))
      return this.#with({ temperature: undefined });
    if (maxTokens !== undefined && tokensName === 'max_tokens' && /max_tokens/.test(words))
      return this.#with({ tokensName: 'max_completion_tokens' });
    const next = FORMATS[FORMATS.indexOf(format) + 1];
    return next && this.#with({ format: next });
  }

  #with(habits: Partial<Habits>): Dialect {
    return new Dialect(this.#model, { ...this.#habits, ...habits });
  }
}

function responseFormat(format: Habits['format'], schema: JsonObject): object | undefined {
  if (format === 'text') return undefined;
  if (format === 'json_object') return { type: 'json_object' };
  const required = Object.keys(schema.properties ?? {});
  // Strict schemas list every member, and allow no other.
  const strict = { ...schema, required, additionalProperties: false };
  return { type: 'json_schema', json_schema: { name: 'score', strict: true, schema: strict } };
}

/** In the last message: not every model takes a system message behind others. */
function withShape(messages: readonly ChatMessage[], schema: JsonObject): ChatMessage[] {
  const last = messages.at(-1);
  const shape = `Answer with one JSON object, and nothing else, that fits this JSON Schema:\n${JSON.stringify(schema)}`;
  if (last?.role !== 'user') return [...messages, { role: 'user', content: shape }];
  return [...messages.slice(0, -1), { role: 'user', content: `${last.content}\n\n${shape}` }];
}
