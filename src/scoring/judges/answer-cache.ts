import { hash } from 'node:crypto';
import { appendFileSync, chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { pythonJson } from '../../json/canonical.js';
import { makeFolder } from '../../make-folder.js';
import { describeJudge, type Judge } from './judge.js';

const line = z.object({
  key: z.string(),
  text: z.string(),
  inputTokens: z.number(),
  outputTokens: z.number(),
});

/** An answer that a model gave before. */
export type KnownAnswer = Omit<z.output<typeof line>, 'key'>;

/** What a model answered before, by what it was asked. A file for its owner only, a line an answer. */
export class AnswerCache {
  readonly #file: string;
  readonly #known = new Map<string, KnownAnswer>();

  private constructor(file: string) {
    this.#file = file;
    if (!existsSync(file)) return;
    chmodSync(file, 0o600);
    for (const text of readFileSync(file, 'utf8').split('\n')) this.#read(text);
  }

  /** The answers of one model at one address to one prompt. */
  static of(folder: string, judge: Judge, url: string): AnswerCache {
    makeFolder(folder);
    const asked = hash('sha256', pythonJson({ ...describeJudge(judge), url }), 'hex');
    return new AnswerCache(join(folder, `${asked.slice(0, 32)}.jsonl`));
  }

  find(key: string): KnownAnswer | undefined {
    return this.#known.get(key);
  }

  keep(key: string, answer: KnownAnswer): void {
    this.#known.set(key, answer);
    appendFileSync(this.#file, `${JSON.stringify({ key, ...answer })}\n`, { mode: 0o600 });
  }

  #read(text: string): void {
    try {
      const { key, ...answer } = line.parse(JSON.parse(text));
      this.#known.set(key, answer);
    } catch {
      // A line that was cut off: the model is asked again.
    }
  }
}
