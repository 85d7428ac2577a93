/** How LangSmith names a model; a provider only where it is stated or plain from the name. */
export type ModelName = { ls_provider?: string; ls_model_name: string };

/** Prefixes before a colon that name who serves a model. @see https://www.promptfoo.dev/docs/providers/ */
const PROVIDERS = new Set(
  `ai21 alibaba anthropic azure azureopenai bedrock cerebras cloudflare-ai cohere databricks deepseek fireworks github
  google groq hf huggingface hyperbolic litellm localai mistral nvidia ollama openai openrouter perplexity replicate
  sagemaker sambanova togetherai together vertex vllm voyage watsonx xai`.split(/\s+/),
);

/** Which of a provider's interfaces is called: no part of the model's name. */
const INTERFACES = new Set(
  `assistant chat completion completions converse deployment embedding embeddings feature-extraction image messages
  moderation realtime responses sentence-similarity text text-classification text-generation token-classification
  transcription`.split(/\s+/),
);

/** Spellings of one provider. */
const ALIASES: Readonly<Record<string, string>> = {
  azureai: 'azure',
  azureopenai: 'azure',
  hf: 'huggingface',
  togetherai: 'together',
};

/** Services that resell the models of others: `openai/azure/gpt-4o-mini`. */
const RESELLERS = new Set(['azure', 'bedrock', 'vertex']);

/** Organisations whose repositories lie at Hugging Face: they made a model but do not serve it. */
const MAKERS = new Set(
  `allenai bigcode bigscience deepseek-ai facebook meta-llama microsoft mistralai mosaicml nvidia stabilityai
  teknium tiiuae unsloth`.split(/\s+/),
);

const SYSTEM =
  /^(?:file|https?|wss?|python|golang|ruby|exec|package|webhook|websocket|browser|sequence|promptfoo|mcp):|^(?:echo|https?|websocket|manual-input)$|\.(?:[cm]?[jt]s|py|rb|go|sh)$/i;

const FAMILIES: readonly [RegExp, string][] = [
  [/^(?:ft:)?(?:chatgpt|gpt)-|^o[1-9](?:-|$)/i, 'openai'],
  [/^claude-/i, 'anthropic'],
  [/^gemini-/i, 'google'],
];

/**
 * Tells provider and model apart: `openai:chat:gpt-4o`, `hf/Qwen/Qwen2.5-7B-Instruct`, `claude-3-haiku`.
 *
 * @param label how people call it; names a script or an address, which is a system and no model.
 */
export function splitModel(id: string, label?: string): ModelName;
export function splitModel(id: string | undefined, label?: string): Partial<ModelName>;
export function splitModel(id: string | undefined, label?: string): Partial<ModelName> {
  if (id === undefined) return {};
  if (SYSTEM.test(id)) return { ls_model_name: label || id };
  const [separator] = /[:/]/.exec(id) ?? [];
  if (separator === ':') return splitAtColons(id) ?? guess(id);
  return (separator === '/' ? splitAtSlash(id) : undefined) ?? guess(id);
}

/** @returns undefined if what is before the colon is no provider: `qwen2.5:0.5b` is one name. */
function splitAtColons(id: string): ModelName | undefined {
  const [provider = '', ...rest] = id.split(':');
  const isInterface = rest.length > 1 && INTERFACES.has(rest[0] ?? '');
  const name = (isInterface ? rest.slice(1) : rest).join(':');
  const isTag = /^(?:latest|[\d.]+b)\b/i.test(name);
  if (!PROVIDERS.has(provider.toLowerCase()) || isTag || name === '') return undefined;
  return named(provider, name);
}

/** @returns undefined for paths, and for repositories of Hugging Face such as `Qwen/Qwen2.5-7B`. */
function splitAtSlash(id: string): ModelName | undefined {
  const [provider = '', ...rest] = id.split('/');
  if (!/^[a-z][a-z0-9_-]*$/.test(provider) || MAKERS.has(provider)) return undefined;
  const [service = '', ...name] = rest;
  // Inspect's openai-api/<provider>/<model> is anyone with the interface of OpenAI.
  const isService = RESELLERS.has(service) || provider === 'openai-api';
  if (isService && name.length > 0) return named(service, name.join('/'));
  if (provider === 'models') return guess(rest.join('/'));
  return named(provider, rest.join('/'));
}

function named(provider: string, name: string): ModelName {
  const known = provider.toLowerCase();
  return { ls_provider: ALIASES[known] ?? known, ls_model_name: name };
}

function guess(name: string): ModelName {
  const family = FAMILIES.find(([pattern]) => pattern.test(name));
  return family ? named(family[1], name) : { ls_model_name: name };
}

/** Folders that say where a file lies, and nothing of a model. */
const USUAL =
  /^(?:\.*|~|[a-z]:|bfcl.*|data|downloads|evalplus.*|evals?|home|human_?eval.*|logs?|mbpp.*|outputs?|results?|runs?|samples?|scores?|tmp|users|work)$/i;

/** Stands in a path like a folder. */
const ARCHIVE = /\.zip$/i;

/**
 * The folder that a harness names for the model, where files do not name it: the nearest of the path as typed.
 *
 * @param groups folders between the model's and its files.
 */
export function findModelFolder(path: string, groups?: RegExp): string | undefined {
  const folders = path.split(/[\\/]/).slice(0, -1).reverse();
  const nearest = folders.find((name) => !ARCHIVE.test(name) && !groups?.test(name));
  return nearest === undefined || USUAL.test(nearest) ? undefined : nearest;
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** Who serves its models itself; others have only made what they publish. */
const SERVED = /^(?:anthropic|azure|gemini|google(?=\/gemini)|openai(?!\/gpt-oss))\//;

/** Names a model by its repository at Hugging Face, `maker/model`, unless its maker serves it too. */
export function nameRepository(id: string | undefined): Partial<ModelName> {
  return id?.includes('/') && !SERVED.test(id) ? { ls_model_name: id } : splitModel(id);
}

const MAX_LABEL = 60;

/**
 * Gives experiments short names of their own: of those that have the same name, all but the first are numbered.
 *
 * @returns the name of the experiment that a key stands for.
 */
export function nameExperiments(): (key: string, name: string) => string {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  return (key, name) => {
    const known = names.get(key);
    if (known !== undefined) return known;
    let free = name;
    for (let n = 2; taken.has(free); n++) free = `${name} (${n})`;
    names.set(key, free);
    taken.add(free);
    return free;
  };
}

/** The beginning of a label, on one line: it may be a whole prompt. */
export function shortenLabel(label: string): string {
  const line = label
    .slice(0, 4 * MAX_LABEL)
    .trim()
    .replace(/\s+/g, ' ');
  return line.length > MAX_LABEL ? `${line.slice(0, MAX_LABEL).trimEnd()}…` : line;
}

/** The only one of some names, if there is but one: it tells nothing apart, and is left out of labels. */
export function findOnly(names: Iterable<string | undefined>): string | undefined {
  const [first, ...others] = new Set(names);
  return others.length === 0 ? first : undefined;
}

/**
 * What tells an experiment apart, in a few words: a system, and a prompt or variant of it.
 *
 * @param only a variant that all have in common.
 */
export function labelExperiment(
  system: string | undefined,
  variant?: string,
  only?: string,
): string {
  const parts = variant === only && system ? [system] : [system, variant];
  return parts.flatMap((part) => (part ? [shortenLabel(part)] : [])).join(' · ');
}
