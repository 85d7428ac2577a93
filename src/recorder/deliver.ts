import { ApiRefusal } from '../langsmith/refusals.js';

/** How items of one kind are sent, and what a refusal of them means. */
export interface Delivery<T> {
  /** Sends items in one request: all or none. @throws {ApiRefusal} */
  send(items: readonly T[]): Promise<void>;
  /**
   * After a 409: settles those items that the server has.
   *
   * @returns the others.
   */
  settle(items: readonly T[]): Promise<readonly T[]>;
  /** An item is refused, and no other is to blame. */
  refuse(item: T, refusal: ApiRefusal): Promise<void>;
  /** The same items in a form that this refusal is not about; undefined: there is none. */
  change?(items: readonly T[], refusal: ApiRefusal): readonly T[] | undefined;
  bytesOf(item: T): number;
  /** Statuses of refusals that are about what was sent: a part of it may be accepted. */
  readonly ofContent: ReadonlySet<number>;
}

/**
 * Sends items until each is accepted, found on the server, or refused: a refused request is halved until the item to
 * blame stands alone.
 *
 * @throws {ApiRefusal} if a request is refused for what it is, not for what is in it.
 */
export async function deliver<T>(items: readonly T[], delivery: Delivery<T>): Promise<void> {
  const [first, ...others] = items;
  if (first === undefined) return;
  const refusal = await refusalOf(items, delivery);
  if (!refusal) return;

  const changed = delivery.change?.(items, refusal);
  if (changed) return deliver(changed, delivery);
  if (refusal.status === 409) {
    const rest = await delivery.settle(items);
    if (rest.length < items.length) return deliver(rest, delivery);
  }
  if (others.length === 0) return delivery.refuse(first, refusal);
  const middle = refusal.status === 413 ? middleByBytes(items, delivery) : items.length >> 1;
  await deliver(items.slice(0, middle), delivery);
  await deliver(items.slice(middle), delivery);
}

async function refusalOf<T>(
  items: readonly T[],
  { send, ofContent }: Delivery<T>,
): Promise<ApiRefusal | undefined> {
  try {
    await send(items);
    return undefined;
  } catch (error) {
    if (error instanceof ApiRefusal && ofContent.has(error.status)) return error;
    throw error;
  }
}

/** Where both sides hold about as many bytes; neither is empty. */
function middleByBytes<T>(items: readonly T[], { bytesOf }: Delivery<T>): number {
  const half = items.reduce((sum, item) => sum + bytesOf(item), 0) / 2;
  let bytes = 0;
  const middle = items.findIndex((item) => {
    bytes += bytesOf(item);
    return bytes > half;
  });
  return Math.max(1, Math.min(middle, items.length - 1));
}
