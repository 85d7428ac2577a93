import { isJsonObject, type JsonObject, type JsonValue, setKey } from '../../../json/value.js';
import { objectAt, textAt } from '../../format-kit/members.js';

/** What stands for a text that is kept beside the events: `attachment://<hash>`, in logs of 2024 `tc://<hash>`. */
const REFERENCE = /^(?:attachment|tc):\/\/([0-9a-f]{16,64})$/;
/** One text may be referred to thousands of times; all of them together are put in up to here. */
const MAX_CHARACTERS = 32 * 1024 * 1024;

/**
 * Puts texts back in their places. A reference to none is left as it is.
 *
 * @see https://inspect.aisi.org.uk/eval-logs.html, attachments
 */
export function putBack(sample: JsonObject): (value: JsonValue) => JsonValue {
  const attachments =
    objectAt(sample, 'attachments') ?? objectAt(objectAt(sample, 'transcript'), 'content') ?? {};
  if (Object.keys(attachments).length === 0) return (value) => value;
  let characters = 0;
  const put = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') {
      const [, hash = ''] = REFERENCE.exec(value) ?? [];
      const text = textAt(attachments, hash);
      if (text === undefined || characters + text.length > MAX_CHARACTERS) return value;
      characters += text.length;
      return text;
    }
    if (Array.isArray(value)) return value.map(put);
    if (!isJsonObject(value)) return value;
    const object: JsonObject = {};
    for (const name of Object.keys(value)) setKey(object, name, put(value[name] as JsonValue));
    return object;
  };
  return put;
}
