import { z } from 'zod';
import { LsRecordError } from '../../errors.js';
import type { JsonObject } from '../../json/value.js';
import { parseModel, printModel } from './models.js';
import { READY, type ReadyJudge } from './ready.js';
import { TEMPLATE_FORMATS, Template } from './template.js';
import { placeOf } from './variables.js';

const ROLES = ['system', 'human', 'ai'] as const;

/** What a file of a judge holds. */
const judgeSchema = z.strictObject({
  name: z.string().min(1).optional(),
  ready: z.enum(Object.keys(READY) as [ReadyJudge, ...ReadyJudge[]]).optional(),
  /** A message of a person, or several messages. */
  prompt: z
    .union([
      z.string().min(1),
      z.array(z.strictObject({ role: z.enum(ROLES), content: z.string().min(1) })).min(1),
    ])
    .optional(),
  template_format: z.enum(TEMPLATE_FORMATS).default('mustache'),
  /** `provider:model`. */
  model: z.string().optional(),
  temperature: z.number().min(0).max(2).optional(),
  max_tokens: z.int().min(1).optional(),
  base_url: z.string().optional(),
  feedback_key: z.string().min(1).max(180).optional(),
  type: z.string().optional(),
  description: z.string().optional(),
  /** Variable → where its value is. */
  map: z.record(z.string(), z.string()).default({}),
  sampling: z.number().min(0).max(1).optional(),
  /** US dollars for a million tokens. */
  price: z.strictObject({ input: z.number().min(0), output: z.number().min(0) }).optional(),
  enabled: z.boolean().optional(),
});

/** A judge as it is written down, in a file or as options. */
export type JudgeDefinition = z.output<typeof judgeSchema>;

/** The same as a program gives it. */
export type JudgeInput = z.input<typeof judgeSchema>;

/** What a million tokens cost, in US dollars. */
export type Price = NonNullable<JudgeDefinition['price']>;

/** A rule that is about to be kept. */
export interface NewRule {
  readonly name: string;
  readonly samplingRate: number;
  readonly isEnabled: boolean;
  /** As LangSmith takes it, without a null in it. */
  readonly structured: JsonObject;
}

/**
 * Reads what a file or options say of a judge.
 *
 * @param from the file, for messages.
 * @throws {LsRecordError} `USAGE` naming the member that is wrong.
 */
export function readDefinition(value: unknown, from: string): JudgeDefinition {
  const read = judgeSchema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  throw new LsRecordError('USAGE', `${from}: ${where}${issue?.message ?? 'cannot be read'}`, {
    hint: 'docs/judges.md shows what a judge can have.',
  });
}

/** Makes a rule of a definition. @throws {LsRecordError} `USAGE` for what is missing or cannot be. */
export function buildRule(definition: JudgeDefinition): NewRule {
  const { ready, sampling = 1, enabled = true, template_format: format, map } = definition;
  const base = ready && READY[ready];
  const name = definition.name ?? ready;
  const prompt = definition.prompt ?? base?.prompt;
  const type = definition.type ?? base?.type ?? 'boolean';
  const description = definition.description ?? base?.description;
  if (name === undefined || prompt === undefined || definition.model === undefined) {
    const missing = name === undefined ? 'name' : prompt === undefined ? 'prompt' : 'model';
    throw new LsRecordError('USAGE', `the judge has no ${missing}`, { hint: HINTS[missing] });
  }
  const messages =
    typeof prompt === 'string' ? [{ role: 'human' as const, content: prompt }] : prompt;
  const templates = messages.map(({ content }) => new Template(content, format));
  const key = definition.feedback_key ?? name;
  const structured: JsonObject = {
    prompt: messages.map(({ role, content }) => [role, content]),
    template_format: format,
    schema: {
      name: 'eval',
      description: description ?? `The score of ${key}.`,
      parameters: {
        type: 'object',
        title: 'eval',
        properties: { comment: COMMENT, [key]: scoreSchema(type, description) },
        required: ['comment', key],
      },
    },
    variable_mapping: mappingOf(templates, map),
    model: modelOf(definition),
  };
  return { name, samplingRate: sampling, isEnabled: enabled, structured };
}

const HINTS = {
  name: 'Name it: ls-record evaluators add NAME.',
  prompt: `Give --prompt, --file, or --ready with one of ${Object.keys(READY).join(', ')}.`,
  model: 'Name it with its provider: --model openai:gpt-4o-mini.',
} as const;

/** Before the score, so that the model thinks first. */
const COMMENT: JsonObject = { type: 'string', description: 'Why, in one or two sentences.' };

function modelOf({ model: typed = '', temperature = 0, max_tokens, base_url }: JudgeDefinition) {
  const model = parseModel(typed);
  const isThinking = /^(o\d|gpt-5)/.test(model.name);
  return printModel({
    ...model,
    // Models that think take no temperature.
    temperature: isThinking ? undefined : temperature,
    maxTokens: max_tokens,
    baseUrl: base_url ?? model.baseUrl,
  });
}

/** `boolean`, `number`, `category:a,b`, `1-5`. */
function scoreSchema(type: string, description: string | undefined): JsonObject {
  const about: JsonObject = description === undefined ? {} : { description };
  if (type === 'boolean' || type === 'number') return { type, ...about };
  const [, low, high] = /^(-?\d+)-(-?\d+)$/.exec(type) ?? [];
  if (low !== undefined && Number(low) < Number(high)) {
    const range = `From ${low} to ${high}.`;
    const words = description === undefined ? range : `${description} ${range}`;
    return { type: 'number', minimum: Number(low), maximum: Number(high), description: words };
  }
  const values =
    /^category:(.+)$/s
      .exec(type)?.[1]
      ?.split(',')
      .map((value) => value.trim()) ?? [];
  if (values.length > 1 && values.every((value) => value !== ''))
    return { type: 'string', enum: values, ...about };
  throw new LsRecordError('USAGE', `there is no type "${type}" of scores`, {
    hint: 'Use boolean, number, 1-5, or category:good,fair,bad.',
  });
}

/** Every variable is mapped, so that LangSmith need not guess. */
function mappingOf(
  templates: readonly Template[],
  map: Readonly<Record<string, string>>,
): JsonObject {
  const variables = new Set(templates.flatMap((template) => template.variables));
  const unused = Object.keys(map).find((name) => !variables.has(name));
  if (unused !== undefined)
    throw new LsRecordError('USAGE', `the prompt has no variable {{${unused}}}`, {
      hint: `It has ${[...variables].map((name) => `{{${name}}}`).join(', ') || 'none'}.`,
    });
  const mapping: JsonObject = {};
  for (const name of variables) {
    if (!placeOf(name, map))
      throw new LsRecordError('USAGE', `{{${name}}} is not mapped to a field`, {
        hint: `Map it with --map ${name}=inputs.NAME, outputs.NAME or reference.NAME.`,
      });
    mapping[name] = map[name] ?? WHOLE[name] ?? name;
  }
  if (variables.size > 0) return mapping;
  throw new LsRecordError('USAGE', 'the prompt has no variable, so each row would score the same', {
    hint: 'Use {{input}}, {{output}} and {{reference}}, or others with --map.',
  });
}

/** The names that LangSmith gives to the parts of a row. */
const WHOLE: Readonly<Record<string, string>> = {
  inputs: 'input',
  outputs: 'output',
  reference_outputs: 'reference',
};
