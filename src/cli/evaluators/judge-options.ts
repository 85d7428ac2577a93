import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { LsRecordError } from '../../errors.js';
import type { JsonObject, JsonValue } from '../../json/value.js';
import type { NewRule } from '../../scoring/judges/definition.js';
import { readSmallFile } from '../access/small-file.js';
import { collect } from '../common-options.js';
import type { Context } from '../context.js';

/** The options that describe a judge. */
export interface JudgeOptions {
  readonly file?: string;
  readonly ready?: string;
  readonly prompt?: string;
  readonly model?: string;
  readonly baseUrl?: string;
  readonly feedbackKey?: string;
  readonly type?: string;
  readonly map?: readonly string[];
  readonly sampling?: number;
}

export function addJudgeOptions(command: Command): void {
  command
    .optionsGroup('What it asks:')
    .option('--file <path>', 'a judge in YAML or JSON; other options override it')
    .addOption(
      new Option('--ready <judge>', 'a ready-made judge').choices([
        'correctness',
        'conciseness',
        'groundedness',
        'relevance',
      ]),
    )
    .option('--prompt <text|file>', 'with variables {{input}}, {{output}}, {{reference}}')
    .option('--map <variable=field>', 'such as input=inputs.question (repeatable)', collect)
    .optionsGroup('Who answers, and how:')
    .option(
      '--model <provider:model>',
      'openai:…, azure:…, anthropic:…, google:…, ollama:… or vllm:…',
    )
    .option('--base-url <url>', 'address of the model, if it is not the usual one')
    .option('--feedback-key <key>', 'key of the score (default: the name)')
    .option('--type <type>', 'boolean (default), number, 1-5, or category:good,bad')
    .option('--sampling <share>', 'share of rows to judge (default: 1)', parseShare);
}

function parseShare(text: string): number {
  const share = Number(text);
  if (text.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError('It has to be a number from 0 to 1.');
}

/** Makes a rule of what was typed and of the file it names. @throws {LsRecordError} `USAGE` */
export async function readNewRule(
  name: string | undefined,
  options: JudgeOptions,
  context: Context,
): Promise<NewRule> {
  const { buildRule, readDefinition } = await import('../../scoring/judges/definition.js');
  const { file, ready, prompt, model, baseUrl, feedbackKey, type, map, sampling } = options;
  const members = file === undefined ? {} : await readJudgeFile(file, context);
  const typed = {
    name,
    ready,
    prompt: prompt === undefined ? undefined : readPrompt(prompt, context),
    model,
    base_url: baseUrl,
    feedback_key: feedbackKey,
    type,
    sampling,
    map: map && readMap(map),
  };
  for (const [member, value] of Object.entries(typed))
    if (value !== undefined) members[member] = value;
  return buildRule(readDefinition(members, file ?? 'the judge'));
}

/** Reads a file of a judge. @throws {LsRecordError} `USAGE`, `INPUT_NOT_FOUND` */
export async function readJudgeFile(path: string, context: Context): Promise<JsonObject> {
  const { isJsonObject } = await import('../../json/value.js');
  const { parseYaml } = await import('../../input/yaml.js');
  const value: JsonValue = parseYaml(readText(path, context), path);
  if (isJsonObject(value)) return { ...value };
  throw new LsRecordError('USAGE', `${path} is not a judge: it holds no object`, {
    hint: 'docs/judges.md shows what a judge can have.',
  });
}

/** A prompt has variables or at least spaces; what has neither is a file. */
function readPrompt(typed: string, context: Context): string {
  return /\{|\s\S*\s/.test(typed) ? typed : readText(typed, context);
}

function readText(path: string, { workingFolder }: Context): string {
  try {
    return readSmallFile(resolve(workingFolder, path));
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new LsRecordError('INPUT_NOT_FOUND', `cannot read ${path} (${why})`, {
      hint: 'Check the path.',
      cause: error,
    });
  }
}

function readMap(typed: readonly string[]): JsonObject {
  return Object.fromEntries(
    typed.map((text) => {
      const at = text.indexOf('=');
      if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
      throw new LsRecordError('USAGE', `cannot read --map ${text}`, {
        hint: 'Give a variable and a field: --map input=inputs.question.',
      });
    }),
  );
}
