import { LsRecordError } from '../../errors.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.js';

/** What is known of an endpoint that speaks `POST /chat/completions`. */
export interface Provider {
  /** As it is typed: `openai:gpt-4o-mini`. */
  readonly name: string;
  /** LangChain's class in a rule; of several with the same class, the first is meant. */
  readonly className: string;
  readonly package: string;
  readonly baseUrl: string;
  /** Environment variables that name another address, the first wins. */
  readonly baseUrlVariables: readonly string[];
  /** What follows the address that such a variable gives. */
  readonly basePath: string;
  /** Environment variables that hold the key, the first wins; none: it takes no key. */
  readonly keyVariables: readonly string[];
  /** The argument of the class that holds the key. */
  readonly keyArgument: string;
  readonly keyHeader: 'authorization' | 'api-key';
  /** Whether an answer can be held to a JSON Schema. */
  readonly takesSchema: boolean;
}

const OPENAI_LIKE = {
  className: 'ChatOpenAI',
  package: 'openai',
  basePath: '',
  keyArgument: 'openai_api_key',
  keyHeader: 'authorization',
  takesSchema: true,
} as const;

/**
 * @see https://platform.openai.com/docs/api-reference/chat
 * @see https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle, the v1 API
 * @see https://docs.anthropic.com/en/api/openai-sdk: response_format is ignored
 * @see https://ai.google.dev/gemini-api/docs/openai
 * @see https://docs.ollama.com/openai
 * @see https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
 */
export const PROVIDERS: readonly Provider[] = [
  {
    ...OPENAI_LIKE,
    name: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    baseUrlVariables: ['OPENAI_BASE_URL', 'OPENAI_API_BASE'],
    keyVariables: ['OPENAI_API_KEY'],
  },
  {
    ...OPENAI_LIKE,
    name: 'azure',
    className: 'AzureChatOpenAI',
    baseUrl: '',
    baseUrlVariables: ['AZURE_OPENAI_ENDPOINT'],
    basePath: '/openai/v1',
    keyVariables: ['AZURE_OPENAI_API_KEY'],
    keyHeader: 'api-key',
  },
  {
    ...OPENAI_LIKE,
    name: 'anthropic',
    className: 'ChatAnthropic',
    package: 'anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    baseUrlVariables: ['ANTHROPIC_BASE_URL'],
    basePath: '/v1',
    keyVariables: ['ANTHROPIC_API_KEY'],
    keyArgument: 'anthropic_api_key',
    takesSchema: false,
  },
  {
    ...OPENAI_LIKE,
    name: 'google',
    className: 'ChatGoogleGenerativeAI',
    package: 'google_genai',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    baseUrlVariables: [],
    keyVariables: ['GOOGLE_API_KEY', 'GEMINI_API_KEY'],
    keyArgument: 'google_api_key',
  },
  {
    ...OPENAI_LIKE,
    name: 'ollama',
    className: 'ChatOllama',
    package: 'ollama',
    baseUrl: 'http://127.0.0.1:11434/v1',
    baseUrlVariables: ['OLLAMA_BASE_URL'],
    basePath: '/v1',
    keyVariables: [],
  },
  {
    ...OPENAI_LIKE,
    name: 'vllm',
    baseUrl: 'http://127.0.0.1:8000/v1',
    baseUrlVariables: [],
    keyVariables: [],
  },
];

/** A model, and who answers for it. */
export interface Model {
  readonly provider: Provider;
  readonly name: string;
  readonly temperature: number | undefined;
  readonly maxTokens: number | undefined;
  /** An address that the rule itself names. */
  readonly baseUrl: string | undefined;
}

/**
 * Reads `openai:gpt-4o-mini`.
 *
 * @throws {LsRecordError} `USAGE` if it names no provider that is known.
 */
export function parseModel(typed: string): Pick<Model, 'provider' | 'name' | 'baseUrl'> {
  const [, prefix, name] = /^([a-z]+):(.+)$/s.exec(typed) ?? [];
  const provider = PROVIDERS.find((known) => known.name === prefix);
  if (provider && name !== undefined) {
    const isShared = findByClass(provider.className) !== provider;
    return { provider, name, baseUrl: isShared ? provider.baseUrl : undefined };
  }
  const names = PROVIDERS.map((known) => known.name).join(', ');
  throw new LsRecordError('USAGE', `there is no model "${typed}"`, {
    hint: `Put the provider in front, one of ${names}: openai:gpt-4o-mini.`,
  });
}

/** The serialized class that LangSmith keeps of a model; its key is a secret of the workspace. */
export function printModel(model: Pick<Model, 'provider' | 'name'> & Partial<Model>): JsonObject {
  const { provider, name, temperature, maxTokens, baseUrl } = model;
  const { className, keyArgument, keyVariables } = provider;
  const [secret] = keyVariables;
  const kwargs: JsonObject = {
    [provider.name === 'azure' ? 'azure_deployment' : 'model_name']: name,
  };
  if (temperature !== undefined) kwargs.temperature = temperature;
  if (maxTokens !== undefined) kwargs.max_tokens = maxTokens;
  if (baseUrl !== undefined) kwargs.base_url = baseUrl;
  if (secret !== undefined) kwargs[keyArgument] = { lc: 1, type: 'secret', id: [secret] };
  const id = ['langchain', 'chat_models', provider.package, className];
  return { lc: 1, type: 'constructor', id, kwargs };
}

/** Reads such a class. @returns the model, or why it cannot be called from here. */
export function readModel(serialized: JsonValue | undefined): Model | { readonly problem: string } {
  if (!isJsonObject(serialized)) return { problem: 'it names no model' };
  const { id, kwargs } = serialized;
  const className = Array.isArray(id) ? id.at(-1) : undefined;
  const provider = findByClass(className);
  if (!provider || !isJsonObject(kwargs))
    return { problem: `its model is a ${String(className ?? 'class of no known name')}` };
  const name = firstText(kwargs, NAMES);
  if (name === undefined) return { problem: 'it names no model' };
  return {
    provider,
    name,
    temperature: numberIn(kwargs, 'temperature'),
    maxTokens: numberIn(kwargs, 'max_tokens'),
    baseUrl: firstText(kwargs, [
      'base_url',
      'openai_api_base',
      'azure_endpoint',
      'anthropic_api_url',
    ]),
  };
}

function findByClass(name: JsonValue | undefined): Provider | undefined {
  return PROVIDERS.find(({ className }) => className === name);
}

/** The secrets that a serialized class refers to. */
export function secretsIn(serialized: JsonValue | undefined): string[] {
  const kwargs = isJsonObject(serialized) ? serialized.kwargs : undefined;
  return Object.values(isJsonObject(kwargs) ? kwargs : {}).flatMap((value) => {
    if (!isJsonObject(value) || value.type !== 'secret' || !Array.isArray(value.id)) return [];
    return value.id.filter((name) => typeof name === 'string');
  });
}

const NAMES = ['azure_deployment', 'deployment_name', 'model_name', 'model'];

function firstText(object: JsonObject, names: readonly string[]): string | undefined {
  return names
    .map((name) => object[name])
    .find((value) => typeof value === 'string' && value !== '') as string | undefined;
}

function numberIn(object: JsonObject, name: string): number | undefined {
  const value = object[name];
  if (value === undefined || value === null || typeof value === 'boolean') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}
