import type { Store } from '../store.js';
import type { Micros } from '../time.js';

/** What a home is told to be; the defaults are LangSmith's own. */
export interface HomeOptions {
  /** Refuse runs that LangSmith stores although something is wrong with them. Default: store and mark them. */
  readonly strict?: boolean;
  /** Plays a server that lists by one API version only. Default: both. */
  readonly lists?: 'v1' | 'v2';
  /** How long feedback that names only its run waits for that run. Default 10,000. */
  readonly waitForRunMs?: number;
  /** Plays the cloud, which takes runs of the last 24 hours only. Default: any time. */
  readonly enforceTimeWindowHours?: number;
  /** Refuse requests without this key. Default: any key will do, or none. */
  readonly requireKey?: string;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** Runs and feedback in one request. Default 100. */
  readonly maxBatchOperations?: number;
  /** Of one request, decompressed; a single run may be larger. Default 20,971,520. */
  readonly maxBatchBytes?: number;
  /** Whether runs can come as a form. Default true. */
  readonly multipartRuns?: boolean;
  /** Whether examples can come as a form. Default true. */
  readonly examplesMultipart?: boolean;
}

/** What every route works with. */
export interface Home {
  readonly store: Store;
  readonly options: HomeOptions;
  readonly maxOperations: number;
  readonly maxBytes: number;
  nowUs(): Micros;
}
