import { type ModelName, splitModel } from './model.js';

/** Who serves its models itself; others have only made what they publish. */
const SERVED = /^(?:anthropic|azure|gemini|google(?=\/gemini)|openai(?!\/gpt-oss))\//;

/** Names a model by its repository at Hugging Face, `maker/model`, unless its maker serves it too. */
export function nameRepository(id: string): ModelName {
  return SERVED.test(id) || !id.includes('/') ? splitModel(id) : { ls_model_name: id };
}
