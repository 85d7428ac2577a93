import { isJsonObject, type JsonValue } from '../json/value.js';
import { parseUuid } from '../uuid.js';
import { decodeText, parseStrictJson, replaceNul } from './exact.js';
import { newFeedback, type SentFeedback } from './feedback-body.js';
import type { RunDelivery } from './ingest.js';
import type { FormPart } from './multipart.js';
import { invalid, Refusal } from './refusal.js';
import { PAYLOADS, type Payload, readRun, type SentRun } from './run-body.js';
import { read } from './schemas.js';

type SendKind = 'post' | 'patch';

interface Pieces {
  run?: JsonValue;
  replaced: number;
  readonly payloads: Partial<Record<Payload, string>>;
}

/** Puts runs and feedback together from the parts of a form, which come in any order. @throws {Refusal} 422 */
export function readRunForm(parts: readonly FormPart[]): RunDelivery {
  const pieces = { post: new Map<string, Pieces>(), patch: new Map<string, Pieces>() };
  const feedback: SentFeedback[] = [];
  const attachments: RunDelivery['attachments'][number][] = [];

  for (const part of parts) {
    if (part.declaredLength === undefined) {
      throw new Refusal(422, `part ${part.name} declares no length`);
    }
    const [event = '', idText = '', ...rest] = part.name.split('.');
    const id = parseUuid(idText);
    if (id === undefined) throw new Refusal(422, `part ${part.name}: "${idText}" is not a UUID`);

    if (event === 'post' || event === 'patch') {
      addPiece(pieces[event], id, rest.join('.'), part);
    } else if (event === 'feedback' && rest.length === 0) {
      feedback.push(readFeedbackPart(part, id));
    } else if (event === 'attachment' && rest.length > 0) {
      attachments.push({
        runId: id,
        name: rest.join('.'),
        mime_type: part.contentType.replace(/;\s*length=\d+/i, ''),
        content: part.content,
      });
    } else {
      throw new Refusal(422, `part ${part.name} is not known`);
    }
  }
  return {
    posts: assemble(pieces.post, 'post'),
    patches: assemble(pieces.patch, 'patch'),
    feedback,
    attachments,
  };
}

function addPiece(runs: Map<string, Pieces>, id: string, field: string, part: FormPart): void {
  const pieces = runs.get(id) ?? { replaced: 0, payloads: {} };
  runs.set(id, pieces);
  const { text, replaced } = replaceNul(decodeText(part.content));
  pieces.replaced += replaced;
  const value = parseStrictJson(text, ['body', part.name]);

  if (field === '') {
    if (pieces.run !== undefined) throw new Refusal(409, `part ${part.name} comes twice`);
    pieces.run = value;
    return;
  }
  const payload = PAYLOADS.find((name) => name === field);
  if (!payload) throw new Refusal(422, `part ${part.name} is not known`);
  if (value !== null) pieces.payloads[payload] = checkPayload(payload, value, text, part.name);
}

/** @returns what is stored: the text as it came, of an error what it says. */
function checkPayload(payload: Payload, value: JsonValue, text: string, name: string): string {
  if (payload === 'error') {
    if (typeof value === 'string') return value;
    throw invalid([{ loc: ['body', name], msg: 'must be a string', type: 'string_type' }]);
  }
  if (isJsonObject(value) || (payload === 'events' && Array.isArray(value))) return text;
  throw invalid([{ loc: ['body', name], msg: 'must be an object', type: 'dict_type' }]);
}

function assemble(runs: Map<string, Pieces>, event: SendKind): SentRun[] {
  return [...runs].map(([id, { run, payloads, replaced }]) => {
    if (run === undefined) throw new Refusal(422, `the form has no part ${event}.${id}`);
    return readRun(run, { id, payloads, replaced, isUpdate: event === 'patch' });
  });
}

function readFeedbackPart(part: FormPart, id: string): SentFeedback {
  const value = parseStrictJson(decodeText(part.content), ['body', part.name]);
  const sent = read(newFeedback, value, ['body', part.name]);
  for (const name of ['run_id', 'trace_id'] as const) {
    if (sent[name] !== null) continue;
    throw invalid([{ loc: ['body', part.name, name], msg: 'Field required', type: 'missing' }]);
  }
  // The part may be named for its run instead.
  return { ...sent, id: sent.id ?? (sent.run_id === id ? undefined : id) };
}
