import type { JsonObject, JsonValue } from '../../../json/value.js';
import { cut } from '../../format-kit/cut.js';

/** Around the answer to a first turn, in the prompts of judges. @see fastchat/llm_judge/data/judge_prompts.jsonl */
const ANSWERS = ["Assistant's Answer", "Assistant A's Answer"].map((name) => ({
  start: `[The Start of ${name}]\n`,
  end: `\n[The End of ${name}]`,
}));
const CONVERSATION = {
  start: "<|The Start of Assistant A's Conversation with User|>\n\n",
  end: "\n\n<|The End of Assistant A's Conversation with User|>",
};
const USER = '\n\n### User:\n';
const ASSISTANT = '\n\n### Assistant A:\n';

/** Judgments hold the answer within the prompt of the judge only; the second turn's prompt has both turns. */
export function findAnswer(prompts: readonly JsonValue[]): JsonObject {
  let turns: string[] = [];
  for (const prompt of prompts) {
    const found = typeof prompt === 'string' ? findTurns(prompt) : [];
    if (found.length > turns.length) turns = found;
  }
  return turns.length > 0 ? { turns } : { output: null };
}

function findTurns(prompt: string): string[] {
  const conversation = cut(prompt, CONVERSATION);
  if (conversation !== undefined) {
    const [, ...answers] = conversation.split(ASSISTANT);
    return answers.map((answer, place) => {
      const next = answer.lastIndexOf(USER);
      return place === answers.length - 1 || next === -1 ? answer : answer.slice(0, next);
    });
  }
  const answers = ANSWERS.map((marks) => cut(prompt, marks));
  return answers.filter((answer) => answer !== undefined).slice(0, 1);
}
