import { setTimeout as wait } from 'node:timers/promises';

/** Time as requests are paced by it. */
export interface Clock {
  /** Milliseconds of a clock that only goes forward. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const steadyClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => wait(ms, undefined, signal && { signal }),
};
