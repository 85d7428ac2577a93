/** A JSON value in which no number has lost a digit. */
export type JsonValue = null | boolean | string | number | JsonNumber | JsonValue[] | JsonObject;

/** Own, enumerable keys only; `__proto__` is an ordinary one. */
export type JsonObject = { [key: string]: JsonValue };

/**
 * A number whose text a double would not give back: `1.0`, `9007199254740993`, `NaN`, `Infinity`.
 * All others are plain numbers, so `String(n)` is what stood in the file.
 */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** The nearest double: what Python's `float` or a score makes of it. */
  valueOf(): number {
    return Number(this.text);
  }
}

/** Whether a value is a number, however it is kept; true and false are none. */
export function isNumber(value: unknown): value is number | JsonNumber {
  return typeof value === 'number' || value instanceof JsonNumber;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof JsonNumber)
  );
}

/** Sets any key, `__proto__` too, as JSON.parse does. */
export function setKey(object: JsonObject, key: string, value: JsonValue): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else {
    object[key] = value;
  }
}
