import { describe, expect, test } from 'vitest';
import { splitModel } from '../../../src/results/format-kit/model.js';

describe('a model’s name', () => {
  test.for([
    ['openai:chat:gpt-4o-mini', 'openai', 'gpt-4o-mini'],
    ['openai:gpt-4o', 'openai', 'gpt-4o'],
    [
      'openai:chat:ft:gpt-4o-mini-2024-07-18:us::abc',
      'openai',
      'ft:gpt-4o-mini-2024-07-18:us::abc',
    ],
    ['anthropic:messages:claude-3-haiku-20240307', 'anthropic', 'claude-3-haiku-20240307'],
    ['azureopenai:chat:my-deployment', 'azure', 'my-deployment'],
    ['bedrock:us.anthropic.claude-v2:0', 'bedrock', 'us.anthropic.claude-v2:0'],
    ['ollama:chat:llama3.2:1b', 'ollama', 'llama3.2:1b'],
    ['openrouter:meta-llama/llama-3-8b:free', 'openrouter', 'meta-llama/llama-3-8b:free'],
    ['openai/gpt-4o', 'openai', 'gpt-4o'],
    ['hf/Qwen/Qwen2.5-7B-Instruct', 'huggingface', 'Qwen/Qwen2.5-7B-Instruct'],
    ['openai/azure/gpt-4o-mini', 'azure', 'gpt-4o-mini'],
    ['openai-api/deepseek/deepseek-chat', 'deepseek', 'deepseek-chat'],
    ['ollama/qwen2.5:0.5b', 'ollama', 'qwen2.5:0.5b'],
    ['mockllm/model', 'mockllm', 'model'],
  ])('in %s the provider is %s and the model %s', ([id = '', provider, name]) => {
    expect(splitModel(id)).toEqual({ ls_provider: provider, ls_model_name: name });
  });

  test.for([
    ['gpt-4o', 'openai'],
    ['o1', 'openai'],
    ['o3-mini', 'openai'],
    ['claude-3-5-sonnet-20241022', 'anthropic'],
    ['gemini-1.5-pro', 'google'],
  ])('that is bare tells the provider if it is plain: %s is of %s', ([id = '', provider]) => {
    expect(splitModel(id)).toEqual({ ls_provider: provider, ls_model_name: id });
  });

  test.for([
    'qwen2.5:0.5b',
    'mistral:7b',
    'llama-3-8b',
    'Qwen/Qwen2.5-7B-Instruct',
    'meta-llama/Llama-3.1-8B',
    './models/gemma.gguf',
  ])('without a provider stays whole: %s', (id) => {
    expect(splitModel(id)).toEqual({ ls_model_name: id });
  });

  test.for(['file://provider.js', 'python:rag.py', 'http://localhost:8000/ask', 'echo', 'app.ts'])(
    'of a system is its label, without a provider: %s',
    (id) => {
      expect(splitModel(id, 'our RAG')).toEqual({ ls_model_name: 'our RAG' });
      expect(splitModel(id)).toEqual({ ls_model_name: id });
    },
  );
});
