import type { LangSmith } from '../langsmith/client.js';
import type { Dataset } from '../langsmith/wire.js';
import type { RowScoring } from '../prepare/prepared.js';
import type { RowShare } from '../prepare/row-share.js';
import type { Journals } from './journal/journals.js';
import type { Progress } from './recording.js';

/** How `record` should record. Only `client` and `dataset` are needed; names are those of the command's flags. */
export interface RecordOptions {
  readonly client: LangSmith;
  /** Name or UUID; created if missing. */
  readonly dataset: string;
  /** Name of the experiment; default: from the source's name and content. */
  readonly experiment?: string | undefined;
  readonly description?: string | undefined;
  /** Added to the experiment's metadata. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** An experiment for each file. */
  readonly each?: boolean | undefined;
  /** Takes only the experiments with these labels, where the files hold several. */
  readonly only?: readonly string[] | undefined;
  /** Where it is recorded, for the experiment's metadata; a copy keeps what it has of that. */
  readonly surroundings?: Readonly<Record<string, unknown>> | undefined;
  /** Add to the experiment of that name or id instead of making a new one. */
  readonly append?: boolean | undefined;
  /** A new experiment even if these rows are already recorded. */
  readonly new?: boolean | undefined;
  /** Unique name of this machine when several record into one experiment. */
  readonly shard?: string | undefined;
  /** One of several shares of the files' rows: who gives the same files and another part fills the same experiment. */
  readonly part?: RowShare | undefined;
  /** How examples are matched. Default `content`. */
  readonly identity?: ExampleIdentity | undefined;
  /** Name of runs whose row has none. Default `ls-record`. */
  readonly runName?: string | undefined;
  /** Type of runs whose row has none. Default `llm`. */
  readonly runType?: string | undefined;
  /** `fail`: a bad row stops before anything is written. `skip`: it goes to the rejects. Default `fail`. */
  readonly onInvalid?: 'fail' | 'skip' | undefined;
  /** Keep original timestamps even if LangSmith Cloud may refuse or hide the runs. */
  readonly keepTimes?: boolean | undefined;
  /** Scores rows before they are recorded; what is continued is not scored again. */
  readonly scoring?: RowScoring | undefined;
  readonly verify?: Verify | undefined;
  /** Read, check and plan; write nothing. */
  readonly dryRun?: boolean | undefined;
  /** The server is home, which accepts and shows runs of any age. */
  readonly isHome?: boolean | undefined;
  /** What the server is called in journals, where its address is not always the same. */
  readonly place?: string | undefined;
  /** Where progress and what was read are kept, so that the same call continues; default: in a folder that is removed. */
  readonly journals?: Journals | undefined;
  /** What the caller needs to do it again; kept in the journal as it is. */
  readonly command?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Called once the dataset was looked up, before rows are read; undefined: it will be created. */
  readonly onDataset?: ((found: Dataset | undefined) => void) | undefined;
  /** Called with each row that is refused, in the order of refusal, as one JSON line ready for a rejects file. */
  readonly onReject?: ((line: string) => void | Promise<void>) | undefined;
}

export type ExampleIdentity = 'content' | 'inputs' | 'id';

export type Verify = 'normal' | 'strict' | 'off';
