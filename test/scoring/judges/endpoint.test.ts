import { describe, expect, test } from 'vitest';
import { findEndpoint } from '../../../src/scoring/judges/endpoint.js';
import { parseModel, printModel, readModel } from '../../../src/scoring/judges/models.js';

const KEYS = { OPENAI_API_KEY: 'sk-1', ANTHROPIC_API_KEY: 'sk-2', GEMINI_API_KEY: 'sk-3' };

function find(
  typed: string,
  environment: Record<string, string>,
  baseUrl?: string,
  ruleUrl?: string,
) {
  const model = readModel(
    printModel({ ...parseModel(typed), ...(ruleUrl && { baseUrl: ruleUrl }) }),
  );
  if ('problem' in model) throw new Error(model.problem);
  const found = findEndpoint(model, { environment, baseUrl });
  return 'problem' in found ? found.problem : `${found.url} ${found.key ?? 'no key'}`;
}

describe('a model answers', () => {
  test.for([
    ['openai:gpt-4o', KEYS, 'https://api.openai.com/v1 sk-1'],
    ['anthropic:claude', KEYS, 'https://api.anthropic.com/v1 sk-2'],
    ['google:gemini', KEYS, 'https://generativelanguage.googleapis.com/v1beta/openai sk-3'],
    ['ollama:llama3', KEYS, 'http://127.0.0.1:11434/v1 no key'],
    ['vllm:qwen', KEYS, 'http://127.0.0.1:8000/v1 no key'],
    [
      'azure:mine',
      { AZURE_OPENAI_ENDPOINT: 'https://me.openai.azure.com/', AZURE_OPENAI_API_KEY: 'sk-4' },
      'https://me.openai.azure.com/openai/v1 sk-4',
    ],
    [
      'openai:x',
      { ...KEYS, OPENAI_BASE_URL: 'https://proxy.example/v1' },
      'https://proxy.example/v1 sk-1',
    ],
    ['openai:x', {}, 'there is no key: set OPENAI_API_KEY'],
    ['azure:mine', {}, 'its address is not known: set AZURE_OPENAI_ENDPOINT'],
  ] as const)('%s', ([typed, environment, place]) => {
    expect(find(typed, environment)).toBe(place);
  });

  test('at an address that was typed', () => {
    expect(find('openai:x', KEYS, 'https://other.example/v1/')).toBe(
      'https://other.example/v1 sk-1',
    );
    expect(find('openai:x', KEYS, 'http://other.example/v1')).toContain('over plain HTTP');
  });

  test('but no key goes to an address that only the rule names', () => {
    expect(find('openai:x', KEYS, undefined, 'https://evil.example/v1')).toContain('evil.example');
    expect(find('openai:x', KEYS, undefined, 'http://127.0.0.1:9/v1')).toBe(
      'http://127.0.0.1:9/v1 no key',
    );
    expect(find('openai:x', KEYS, undefined, 'https://api.openai.com.evil.example/v1')).toContain(
      'evil.example',
    );
  });
});
