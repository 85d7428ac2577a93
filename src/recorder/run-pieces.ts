import { setTimeout as sleep } from 'node:timers/promises';
import type { LangSmith } from '../langsmith/client.js';
import type { FormPiece } from '../langsmith/multipart.js';
import { ApiRefusal } from '../langsmith/refusals.js';
import { batches, chunksOf } from './batches.js';
import { deliver } from './deliver.js';

const LOOK_UP = 100;
const FEEDBACK_TRIES = 10;

/** Sends parts of a row in as many requests as it takes; what is there already is no failure. */
export async function sendPieces(
  client: LangSmith,
  pieces: readonly FormPiece[],
  most: { readonly items: number; readonly bytes: number },
  isForm: boolean,
): Promise<void> {
  for await (const group of batches([pieces], most, ({ bytes }) => ({ items: 1, bytes }))) {
    await deliver(group, {
      send: (some) => client.sendRuns(some, isForm),
      settle: async (some) => some,
      refuse: async (_, refusal) => {
        if (refusal.status !== 409) throw refusal;
      },
      bytesOf: ({ bytes }) => bytes,
      ofContent: new Set([409, 413]),
    });
  }
}

/** Sends a score by itself. It can arrive before its run is visible: 404 then. */
export async function postFeedback(client: LangSmith, piece: FormPiece): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await client.createFeedback(piece);
      return;
    } catch (error) {
      if (error instanceof ApiRefusal && error.status === 409) return;
      const isEarly = error instanceof ApiRefusal && error.status === 404;
      if (!isEarly || tries === FEEDBACK_TRIES) throw error;
      await sleep(250 * tries);
    }
  }
}

/** Which of some runs can be seen, and which feedback on them. */
export async function findSeen(
  client: LangSmith,
  experimentId: string,
  runIds: readonly string[],
  hasScores: boolean,
): Promise<Set<string>> {
  const seen = new Set<string>();
  for (const some of chunksOf(runIds, LOOK_UP)) {
    const found = await client.findRunIds(experimentId, some);
    for (const id of found) seen.add(id);
    if (hasScores) for (const id of await findFeedback(client, found)) seen.add(id);
  }
  return seen;
}

/** The ids of all feedback on some runs. */
export async function findFeedback(
  client: LangSmith,
  runIds: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const some of chunksOf(runIds, LOOK_UP))
    for await (const id of client.listFeedbackIds(some)) found.add(id);
  return found;
}
