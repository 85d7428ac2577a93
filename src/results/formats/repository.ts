import { type ModelName, splitModel } from './model.js';

/** Who serves its models itself; others have only made what they publish. */
const SERVED = /^(?:anthropic|azure|gemini|google(?=\/gemini)|openai(?!\/gpt-oss))\//;

/** Names a model by its repository at Hugging Face, `maker/model`, unless its maker serves it too. */
export function nameRepository(id: string | undefined): Partial<ModelName> {
  return id?.includes('/') && !SERVED.test(id) ? { ls_model_name: id } : splitModel(id);
}
