import { type Comparison, compareChosen } from '../../../experiments/compare.js';
import { factsOf } from '../../../experiments/example-facts.js';
import { type KeyConfig, rulesFrom } from '../../../experiments/rules.js';
import type { Subject } from '../../../experiments/subject.js';
import type { Asked } from '../../../experiments/texts.js';
import type { SessionRow } from '../../store/sessions.js';
import type { Store } from '../../store.js';
import { Cache } from './cache.js';
import { payloadIn } from './show.js';
import { KEPT_NUMBERS, type ReadSubject, type Subjects } from './subjects.js';

/** An experiment of a summary. */
export interface Compared extends ReadSubject {
  readonly session: SessionRow;
  /** Against the baseline; undefined of the baseline itself. */
  readonly comparison: Comparison | undefined;
}

/** Experiments of one dataset, compared with the first of them. */
export interface Summary {
  readonly datasetId: string;
  /** The baseline, then the others in the order in which they were made. */
  readonly experiments: readonly [Compared, ...Compared[]];
  /** Why that is the baseline. */
  readonly reason: 'named' | 'blessed' | 'the earliest';
  /** The blessed one, whether it is compared or not. */
  readonly blessedId: string | undefined;
}

export interface SummaryQuery {
  readonly datasetId: string;
  /** Those that are no experiments of the dataset are left out. */
  readonly ids: readonly string[];
  /** The baseline as it was named; one that is not compared does not count. */
  readonly baselineId: string | undefined;
  /** By what examples are grouped, as `experiments compare --by` has it. */
  readonly group?: string | undefined;
  /** The one whose groups are compared; else the first that is not the baseline. */
  readonly vs?: string | undefined;
}

/** Comparisons with a baseline: each is made once, and again after one of the two changed. */
export class Comparisons {
  readonly #store: Store;
  readonly #subjects: Subjects;
  readonly #kept = new Cache<string, { readonly made: Promise<Comparison>; readonly size: number }>(
    KEPT_NUMBERS,
    ({ size }) => size,
  );

  constructor(store: Store, subjects: Subjects) {
    this.#store = store;
    this.#subjects = subjects;
  }

  /** Undefined if none of the ids is an experiment of the dataset. */
  async summary(query: SummaryQuery): Promise<Summary | undefined> {
    const { datasetId, ids, baselineId } = query;
    const sessions = ids
      .flatMap((id) => this.#store.sessions.find(id) ?? [])
      .filter(({ reference_dataset_id: id }) => id === datasetId)
      .sort((a, b) => (a.test_run_number ?? 0) - (b.test_run_number ?? 0));
    const blessedId = this.#store.datasets.find(datasetId)?.baseline_experiment_id;
    const isThere = (id: string | null | undefined) => sessions.some((one) => one.id === id);
    const [reason, id] = isThere(baselineId)
      ? (['named', baselineId] as const)
      : isThere(blessedId)
        ? (['blessed', blessedId] as const)
        : (['the earliest', sessions[0]?.id] as const);
    const baseline = sessions.find((one) => one.id === id);
    if (!baseline) return undefined;
    const ofBaseline = this.#subjects.read(baseline);
    const others = sessions.filter((one) => one !== baseline);
    const judged = others.find((one) => one.id === query.vs) ?? others[0];
    const compared = others.map(async (session): Promise<Compared> => {
      const read = this.#subjects.read(session);
      const group = session === judged ? query.group : undefined;
      const comparison = await this.#compare(datasetId, [ofBaseline, read], group);
      return { ...read, session, comparison };
    });
    const first = { ...ofBaseline, session: baseline, comparison: undefined };
    return {
      datasetId,
      reason,
      blessedId: blessedId ?? undefined,
      experiments: [first, ...(await Promise.all(compared))],
    };
  }

  #compare(
    datasetId: string,
    [a, b]: readonly [ReadSubject, ReadSubject],
    group: string | undefined,
  ): Promise<Comparison> {
    const configs = this.#configs([a.subject, b.subject]);
    const { id: blessed = '', modified_at: version = 0 } =
      group === undefined ? {} : (this.#store.datasets.find(datasetId) ?? {});
    const identity = [a, b].map(({ mark, subject: { name, isFinished } }) => [
      mark,
      name,
      isFinished,
    ]);
    const key = JSON.stringify([identity, configs, group, blessed, version]);
    return this.#kept.get(key, () => ({
      made: this.#make(datasetId, [a.subject, b.subject], configs, group),
      size: 4 * b.subject.rows.size * (1 + b.subject.scores.size + b.subject.measures.size),
    })).made;
  }

  #configs(subjects: readonly Subject[]): KeyConfig[] {
    const keys = [...new Set(subjects.flatMap(({ scores }) => [...scores.keys()]))];
    const query = { keys, descending: false, limit: keys.length, offset: 0 };
    return this.#store.feedbackConfigs.list(query).map(({ key, config, is_lower_score_better }) => {
      const { min, max } = JSON.parse(config) as { readonly min?: unknown; readonly max?: unknown };
      const numberOf = (value: unknown) => (typeof value === 'number' ? value : undefined);
      return {
        key,
        min: numberOf(min),
        max: numberOf(max),
        lowerIsBetter: is_lower_score_better === 1,
      };
    });
  }

  /** Where examples are grouped, all of them are read, as far as the group asks. */
  #make(
    datasetId: string,
    subjects: readonly [Subject, Subject],
    configs: readonly KeyConfig[],
    group: string | undefined,
  ): Promise<Comparison> {
    const { examples, figures } = this.#store;
    // The place of a value and its name, or the name alone.
    const names = group?.split('.', 2) ?? [];
    const texts = {
      async *examples(ids?: readonly string[]) {
        const rows = ids ? examples.lastVersions(ids) : examples.members(datasetId, names);
        for (const { id, inputs, outputs, metadata } of rows)
          yield factsOf({
            exampleId: id,
            inputs: payloadIn(inputs) ?? {},
            referenceOutputs: payloadIn(outputs) ?? undefined,
            metadata: payloadIn(metadata) ?? {},
          });
      },
    };
    const asked = (subject: Subject): Asked => {
      if (group === undefined) return { subject, texts };
      const own = figures.metadata(subject.id, names);
      const metadata = new Map([...own].map(([id, text]) => [id, payloadIn(text) ?? {}]));
      return { subject: { ...subject, metadata }, texts };
    };
    const [a, b] = subjects;
    const how = { rules: rulesFrom(new Map(), configs), by: group };
    return compareChosen(asked(a), asked(b), how);
  }
}
