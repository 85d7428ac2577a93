import type { Context } from 'hono';
import { isJsonObject } from '../json/value.js';
import { parseUuid } from '../uuid.js';
import { parseStrictJson } from './exact.js';
import { type Issue, invalid, unsupported } from './refusal.js';
import { type Micros, parseIso } from './time.js';

/** The query of a request. */
export function queryOf({ req }: Context): Query {
  return new Query(new URL(req.url).searchParams);
}

/** Reads the query of a URL and collects what is wrong with it, to be said at once. */
export class Query {
  readonly #params: URLSearchParams;
  readonly #maxPage: number;
  readonly #issues: Issue[] = [];

  /** @param maxPage how many items a page can hold. */
  constructor(params: URLSearchParams, maxPage = 100) {
    this.#params = params;
    this.#maxPage = maxPage;
  }

  text(name: string): string | undefined {
    return this.#params.get(name) ?? undefined;
  }

  texts(name: string): string[] | undefined {
    const all = this.#params.getAll(name);
    return all.length === 0 ? undefined : all;
  }

  uuids(name: string): string[] | undefined {
    return this.texts(name)?.map((text, index) => {
      const uuid = parseUuid(text);
      if (uuid === undefined) this.#refuse([name, index], 'Input should be a valid UUID');
      return uuid ?? text;
    });
  }

  uuid(name: string): string | undefined {
    return this.uuids(name)?.at(-1);
  }

  flag(name: string): boolean | undefined {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined) return undefined;
    if (/^(true|1|yes|on)$/.test(text)) return true;
    if (!/^(false|0|no|off)$/.test(text)) this.#refuse([name], 'Input should be a valid boolean');
    return false;
  }

  integer(
    name: string,
    { min, max = Number.MAX_SAFE_INTEGER }: { min: number; max?: number },
  ): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const number = Number(text);
    if (!/^[-+]?\d+$/.test(text)) this.#refuse([name], 'Input should be a valid integer');
    else if (number < min) {
      this.#refuse([name], `Input should be greater than or equal to ${min}`);
    } else if (number > max) {
      this.#refuse([name], `Input should be less than or equal to ${max}`);
    }
    return number;
  }

  /** `offset` from 0, `limit` from 1 to what a page can hold, which is the default. */
  page(): { limit: number; offset: number } {
    return {
      limit: this.integer('limit', { min: 1, max: this.#maxPage }) ?? this.#maxPage,
      offset: this.integer('offset', { min: 0 }) ?? 0,
    };
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) {
      this.#refuse([name], `Input should be ${choices.map((c) => `'${c}'`).join(', ')}`);
    }
    return choice;
  }

  time(name: string): Micros | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const time = parseIso(text);
    if (time === undefined) this.#refuse([name], 'Input should be a valid datetime');
    return time;
  }

  /** JSON text of an object. */
  json(name: string): string | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!isJsonObject(parseStrictJson(text, ['query', name]))) {
      this.#refuse([name], 'Input should be a JSON object');
    }
    return text;
  }

  /** @throws {Refusal} 400 for a parameter that would narrow the answer, and that nothing here obeys. */
  refuseUnsupported(...names: string[]): void {
    for (const name of names) {
      if (this.#params.has(name)) throw unsupported(`the query parameter ${name}`);
    }
  }

  /** @throws {Refusal} 422 if anything was wrong. */
  done(): void {
    if (this.#issues.length > 0) throw invalid(this.#issues);
  }

  #refuse(loc: readonly (string | number)[], msg: string): void {
    this.#issues.push({ loc: ['query', ...loc], msg, type: 'value_error' });
  }
}
