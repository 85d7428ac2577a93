import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../json/value.js';
import type { ChildRun, Result } from '../results/result.js';

/** Tokens and US dollars; what no row tells is absent. */
export interface UsageSummary {
  readonly tokens: { readonly input?: number; readonly output?: number; readonly total?: number };
  readonly cost?: number;
}

/** Adds up what models used. */
export class UsageTally {
  #input: number | undefined;
  #output: number | undefined;
  #total: number | undefined;
  #cost: number | undefined;

  /** What a run says of itself is the sum of those below it. */
  add(run: Result | ChildRun): void {
    const usage = usageOf(run);
    if (!usage) {
      for (const child of run.childRuns) this.add(child);
      return;
    }
    const input = numberAt(usage, 'input_tokens');
    const output = numberAt(usage, 'output_tokens');
    this.#input = plus(this.#input, input);
    this.#output = plus(this.#output, output);
    this.#total = plus(this.#total, numberAt(usage, 'total_tokens') ?? plus(input, output));
    const costOfParts = plus(numberAt(usage, 'input_cost'), numberAt(usage, 'output_cost'));
    this.#cost = plus(this.#cost, numberAt(usage, 'total_cost') ?? costOfParts);
  }

  summarise(): UsageSummary {
    return {
      tokens: {
        ...(this.#input !== undefined && { input: this.#input }),
        ...(this.#output !== undefined && { output: this.#output }),
        ...(this.#total !== undefined && { total: this.#total }),
      },
      ...(this.#cost !== undefined && { cost: this.#cost }),
    };
  }
}

/** LangSmith reads it in metadata, or else in the outputs. */
function usageOf({ metadata, outputs }: Result | ChildRun): JsonObject | undefined {
  return objectAt(metadata, 'usage_metadata') ?? (outputs && objectAt(outputs, 'usage_metadata'));
}

function objectAt(object: JsonObject, name: string): JsonObject | undefined {
  const value = object[name];
  return isJsonObject(value) ? value : undefined;
}

function numberAt(object: JsonObject, name: string): number | undefined {
  const value: JsonValue | undefined = object[name];
  if (typeof value !== 'number' && !(value instanceof JsonNumber)) return undefined;
  return Number.isFinite(Number(value)) ? Number(value) : undefined;
}

function plus(a: number | undefined, b: number | undefined): number | undefined {
  return b === undefined ? a : (a ?? 0) + b;
}
