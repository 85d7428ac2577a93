const SHAPE = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** By its shape alone: ids of a version and variant that no RFC knows are in use too. */
export function isUuid(text: string): boolean {
  return SHAPE.test(text);
}

/** The canonical form of a UUID, or undefined. */
export function parseUuid(text: string): string | undefined {
  return isUuid(text) ? text.toLowerCase() : undefined;
}
