import { hash } from 'node:crypto';
import { pythonJson } from '../../json/canonical.js';
import { spell } from '../../json/print.js';
import type { JsonObject } from '../../json/value.js';
import { type Answer, failedOn, type RowToScore, type Scorer } from '../scorer.js';
import type { AnswerCache, KnownAnswer } from './answer-cache.js';
import { asTheyCome } from './as-they-come.js';
import { type Chat, NoAnswer } from './chat.js';
import type { Price } from './definition.js';
import type { ChatMessage } from './dialect.js';
import { describeJudge, type Judge } from './judge.js';
import { answerReader, type JudgeAnswer } from './judge-answer.js';
import { valueAt } from './variables.js';

/** What judging has taken so far. */
export interface JudgeUsage {
  /** Rows that were judged, from the cache too. */
  rows: number;
  /** How many of them had an answer that was known. */
  cached: number;
  /** Rows that lack what the prompt shows. */
  skipped: number;
  /** Rows that the sampling rate left out. */
  sampledOut: number;
  inputTokens: number;
  outputTokens: number;
}

/** A judge that asks its model from here. */
export class JudgeScorer implements Scorer {
  readonly name: string;
  readonly definition: JsonObject;
  readonly judge: Judge;
  readonly price: Price | undefined;
  readonly usage: JudgeUsage = {
    rows: 0,
    cached: 0,
    skipped: 0,
    sampledOut: 0,
    inputTokens: 0,
    outputTokens: 0,
  };
  readonly #chat: Chat;
  readonly #cache: AnswerCache | undefined;
  readonly #read: (text: string) => JudgeAnswer;

  constructor(judge: Judge, chat: Chat, cache: AnswerCache | undefined, price?: Price) {
    this.judge = judge;
    this.price = price;
    this.name = `judge ${judge.name}`;
    this.definition = describeJudge(judge);
    this.#chat = chat;
    this.#cache = cache;
    this.#read = answerReader(judge);
  }

  /** US dollars so far; undefined without a price. */
  get cost(): number | undefined {
    const { inputTokens, outputTokens } = this.usage;
    const { input, output } = this.price ?? {};
    if (input === undefined || output === undefined) return undefined;
    return (inputTokens * input + outputTokens * output) / 1_000_000;
  }

  /** Requests that were answered. */
  get requests(): number {
    return this.#chat.requests;
  }

  async *score(rows: AsyncIterable<RowToScore>): AsyncGenerator<Answer> {
    const work = (row: RowToScore) => this.#judge(row);
    for await (const answers of asTheyCome(rows, this.#chat.pace, work)) yield* answers;
  }

  async #judge(row: RowToScore): Promise<Answer[]> {
    if (!isSampled(row, this.judge)) {
      this.usage.sampledOut++;
      return [];
    }
    const messages = renderPrompt(this.judge, row);
    if (!messages) {
      this.usage.skipped++;
      return [];
    }
    this.usage.rows++;
    try {
      const feedback = await this.#ask(messages);
      return feedback.map((one) => ({ row: row.row, feedback: one }));
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return this.judge.keys.map((key) => failedOn(row.row, key, error.message));
    }
  }

  async #ask(messages: ChatMessage[]) {
    const key = hash('sha256', JSON.stringify(messages), 'hex');
    const known = this.#cache?.find(key);
    const read = known && this.#read(known.text);
    if (read && 'feedback' in read) {
      this.usage.cached++;
      return read.feedback;
    }
    const first = await this.#complete(messages);
    let answer = this.#read(first.text);
    let last = first;
    if ('problem' in answer) {
      last = await this.#complete([...messages, ...repair(first.text, answer.problem)]);
      answer = this.#read(last.text);
    }
    if ('problem' in answer) throw new NoAnswer(`the model gave no score: ${answer.problem}`);
    this.#cache?.keep(key, last);
    return answer.feedback;
  }

  async #complete(messages: readonly ChatMessage[]): Promise<KnownAnswer> {
    const answer = await this.#chat.complete(messages, this.judge.schema);
    this.usage.inputTokens += answer.inputTokens;
    this.usage.outputTokens += answer.outputTokens;
    return answer;
  }
}

function repair(text: string, problem: string): ChatMessage[] {
  return [
    { role: 'assistant', content: text },
    {
      role: 'user',
      content: `That cannot be read: ${problem}. Answer again, with the JSON object only.`,
    },
  ];
}

/** The prompt for a row; undefined if the row lacks something that it shows. */
export function renderPrompt(
  { messages, places }: Judge,
  row: RowToScore,
): ChatMessage[] | undefined {
  const values = new Map<string, string>();
  for (const [variable, place] of places) {
    const value = valueAt(row, place);
    if (value === undefined) return undefined;
    values.set(variable, spell(value));
  }
  return messages.map(({ role, template }) => ({
    role,
    content: template.render((variable) => values.get(variable) ?? ''),
  }));
}

/** What a prompt for this row will cost, by the rule of thumb of four characters a token. */
export function guessTokens(judge: Judge, row: RowToScore): number {
  const messages = isSampled(row, judge) ? renderPrompt(judge, row) : undefined;
  return (messages ?? []).reduce((sum, { content }) => sum + content.length / 4, 0);
}

/** The same rows each time, whatever else is in the experiment. */
function isSampled({ exampleId, inputs }: RowToScore, { name, samplingRate }: Judge): boolean {
  if (samplingRate >= 1) return true;
  const digest = hash('sha256', `${name}\n${exampleId ?? pythonJson(inputs)}`, 'hex');
  return Number.parseInt(digest.slice(0, 8), 16) / 2 ** 32 < samplingRate;
}
