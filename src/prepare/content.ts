import { hash } from 'node:crypto';
import { pythonJson } from '../json/canonical.js';
import type { JsonObject, JsonValue } from '../json/value.js';
import { Changes, printPayload } from './sendable.js';

/** The same for equal content, as it would be sent and however its numbers are written: servers may write 1.0 as 1. */
export function contentOf(value: JsonObject | undefined): string {
  const sent: JsonValue = JSON.parse(printPayload(value ?? {}, new Changes()));
  return hash('sha256', pythonJson(sent), 'base64');
}
