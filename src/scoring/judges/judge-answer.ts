import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../json/value.js';
import type { Feedback } from '../../results/feedback.js';
import type { Judge } from './judge.js';

/** What a judge's answer says, or what is wrong with it, in words that the model can act on. */
export type JudgeAnswer = { readonly feedback: Feedback[] } | { readonly problem: string };

/** Reads the answers of a judge. */
export function answerReader(judge: Judge): (text: string) => JudgeAnswer {
  const { schema, keys, commentKey } = judge;
  const shape = z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema);
  return (text) => {
    const object = findObject(text);
    if (!object) return { problem: 'it is not a JSON object' };
    const read = shape.safeParse(object);
    if (!read.success) return { problem: describeIssue(read.error) };
    const comment = commentKey === undefined ? undefined : object[commentKey];
    const feedback = keys.flatMap((key) => {
      const value = object[key];
      if (value === undefined || value === null) return [];
      return [{ key, ...scoreOf(value), ...(typeof comment === 'string' && { comment }) }];
    });
    return feedback.length > 0 ? { feedback } : { problem: `it has no ${keys.join(' and no ')}` };
  };
}

function scoreOf(value: JsonValue): Pick<Feedback, 'score' | 'value'> {
  if (typeof value === 'boolean' || typeof value === 'number') return { score: value };
  return { value: Array.isArray(value) ? { values: value } : value };
}

function describeIssue({ issues: [issue] }: z.ZodError): string {
  return issue ? `${[...issue.path, ''].join(': ')}${issue.message}` : 'it does not fit the schema';
}

/** The object that a text holds: the whole, or what is between the first and the last brace. */
function findObject(text: string): JsonObject | undefined {
  const said = text.replace(/<think>[\s\S]*?<\/think>/g, '');
  const within = said.slice(said.indexOf('{'), said.lastIndexOf('}') + 1);
  try {
    const value: unknown = JSON.parse(within);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    // The caller says that there is none.
    return undefined;
  }
}
