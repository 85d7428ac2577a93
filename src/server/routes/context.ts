import type { Context } from 'hono';
import type { LinkTo } from '../json-answers.js';
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
  /** Refuse requests without this key, or a session of its pages. Default: whoever asks is answered, as a test wants it. */
  readonly requireKey?: string;
  /** Who scores on the pages. Default: nobody is named. */
  readonly userName?: string;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** Runs and feedback in one request. Default 1,000: LangSmith takes 100, but a transaction of few rows costs as much as one of many. */
  readonly maxBatchOperations?: number;
  /** The limit of a request, decompressed; a single run may be larger. Default 20,971,520. */
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
  /** The path of an attachment as it is read without a key: clients send none to presigned addresses. */
  readonly sign: (path: string) => string;
}

/** Addresses on the server that was asked, by the name that the client gave it. */
export function linksOf({ sign }: Home, context: Context): LinkTo {
  const { origin } = new URL(context.req.url);
  return (path) => origin + sign(path);
}
