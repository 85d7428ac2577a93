import { FormError, type FormPart, readForm as takeApart } from '../input/form.js';
import { Refusal } from './refusal.js';

export type { FormPart };

/** Takes a form apart. Parts are views of the body. @throws {Refusal} 400, or 422 where a length is not as declared */
export function readForm(body: Buffer, contentType: string): FormPart[] {
  const parts = formOf(body, contentType);
  for (const { name, declaredLength, content } of parts) {
    if (declaredLength === undefined || declaredLength === content.length) continue;
    throw new Refusal(
      422,
      `part ${name} has ${content.length} bytes but declares a length of ${declaredLength}`,
    );
  }
  return parts;
}

function formOf(body: Buffer, contentType: string): FormPart[] {
  try {
    return takeApart(body, contentType);
  } catch (error) {
    throw error instanceof FormError ? new Refusal(400, error.message) : error;
  }
}
