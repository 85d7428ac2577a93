import { createHash, randomUUID } from 'node:crypto';
import { LsRecordError } from '../errors.js';
import type { Row, Source } from '../input/row.js';
import { ApiRefusal } from '../langsmith/answers.js';
import { isoTime, type Micros, parseTime } from '../langsmith/time.js';
import type { Dataset, Experiment } from '../langsmith/wire.js';
import { ExampleTable } from './example-table.js';
import { writeExamples } from './examples.js';
import { type ExperimentTarget, findTarget, openExperiment, sentOptions } from './experiment.js';
import { closeExperiment, describeSource, setDatasetVersion } from './experiment-metadata.js';
import { RunIds } from './ids.js';
import { invalidRows, noRows } from './invalid-rows.js';
import { type Job, Tally } from './job.js';
import type { Journal } from './journal/journal.js';
import { experimentName } from './naming.js';
import { cutParts, type Part } from './parts.js';
import { foresee } from './plan.js';
import type { Recording, RecordOptions } from './recording.js';
import { Rejects } from './rejects.js';
import { Changes } from './sendable.js';
import { sendSummary } from './summary.js';
import { type Survey, surveyPart } from './survey.js';
import { CLOUD_WINDOW_US, Timeline } from './times.js';
import { sendRuns, type Target } from './upload.js';
import { verify } from './verify.js';

const VERIFY_MS = { normal: 10_000, strict: 60_000 };

/**
 * Records the rows of a source as an experiment: an accepted row becomes one run with its example, feedback and
 * children. Ids follow from the content, so doing it again sends what is missing and nothing twice.
 *
 * @throws {LsRecordError} `RESULT_INVALID` if rows are bad and `onInvalid` is `fail`; then nothing was written.
 */
export function record(source: Source, options: RecordOptions): Promise<Recording> {
  return new Recorder(source, options).record();
}

/** The experiment that is being filled, and what filling it needs. */
interface Opened {
  readonly experiment: Experiment;
  readonly target: Target;
}

class Recorder {
  readonly #source: Source;
  readonly #options: RecordOptions;
  #tally: Tally;
  readonly #changes = new Changes();
  readonly #rejects: Rejects;
  /** Sentence → how many rows it is about. */
  readonly #notes = new Map<string, number>();
  /** The file's sha256, or a stream's random id: what tells this source from others. */
  #sourceId: string | undefined;
  #journal: Journal | undefined;

  constructor(source: Source, options: RecordOptions) {
    this.#source = source;
    this.#options = options;
    this.#tally = this.#newTally();
    this.#rejects = new Rejects(options.onReject);
    this.#journal = options.journal;
    this.#sourceId = options.journal?.sourceId;
  }

  async record(): Promise<Recording> {
    try {
      return await this.#record();
    } catch (error) {
      // Nothing was begun, so there is nothing to go on with.
      if (this.#journal && !this.#journal.experiment) await this.#journal.discard();
      throw error;
    } finally {
      await this.#journal?.close();
    }
  }

  async #record(): Promise<Recording> {
    const { client, signal, dryRun } = this.#options;
    await client.limits();
    const found = await client.findDataset(this.#options.dataset);
    let job = this.#newJob(found);
    let dataset = found;
    let isOurs = !found;
    let opened: Opened | undefined;
    let latestEnd: Micros = 0;
    if (this.#source.live && !dryRun) await this.#beginJournal(randomUUID());

    const spool = this.#source.live ? this.#journal?.spool() : undefined;
    const onRow = spool && ((row: Row) => spool.add(row));
    for await (const part of cutParts(this.#source, { signal, onBytes: this.#countBytes, onRow })) {
      const spooled = spool?.cut();
      let survey = await this.#survey(job, part);
      if (survey.badRows === survey.rows && !opened) throw noRows(this.#source.name, survey);
      if (!this.#journal && !dryRun) await this.#beginJournal(this.#sourceId ?? '');
      const before = opened ? undefined : await this.#recordedBefore(dataset);
      if (before) return before;

      let wanted: ExperimentTarget | undefined;
      if (!opened) {
        ({ wanted, dataset } = await this.#settle(job.datasetId, dataset));
        if (dataset && dataset.id !== job.datasetId) {
          // Another process made it since we looked, and its id is in the ids of all examples: name them anew.
          isOurs = false;
          this.#countAnew();
          job = this.#newJob(dataset);
          survey = await this.#survey(job, part);
          wanted = await this.#findTarget(job.datasetId, 0);
        }
        if (wanted && dryRun)
          return foresee({ job, survey, wanted, dataset, notes: this.#allNotes() });
      }

      const changedUs = await writeExamples(job, part, survey.firstExample);
      const timeline = this.#timeline(survey, changedUs);
      if (wanted) opened = await this.#open(job, wanted, survey, timeline, changedUs);
      else if (opened) await setDatasetVersion(client, opened.experiment.id, isoTime(changedUs));
      if (opened) {
        const upload = { ...job, journal: this.#journal };
        await sendRuns(upload, part, opened.target, timeline, survey.rowsWithoutInputs > 0);
      }
      if (spooled !== undefined) await spool?.drop(spooled);
      latestEnd = Math.max(latestEnd, timeline.latest(survey.range, this.#tally.rows));
    }

    if (!opened || !dataset) throw noRows(this.#source.name);
    return this.#finish(opened, dataset, isOurs, latestEnd);
  }

  async #beginJournal(sourceId: string): Promise<void> {
    const { journals, client, dataset, place, experiment, shard = '', command } = this.#options;
    this.#sourceId = sourceId;
    if (this.#journal || !journals) return;
    this.#journal = await journals.begin(
      {
        place: place ?? client.endpoint.root,
        dataset,
        experiment: experiment ?? null,
        shard,
        options: sentOptions(this.#options),
        sourceId,
      },
      { source: this.#source.name, live: this.#source.live, command: command ?? null },
    );
  }

  /** What the same command came to, if it was done to the end and its experiment is still there. */
  async #recordedBefore(dataset: Dataset | undefined): Promise<Recording | undefined> {
    const { client, another } = this.#options;
    const finished = this.#journal?.finished;
    if (!finished) return undefined;
    const experiment = dataset && !another && (await client.findExperiment(finished.experiment.id));
    if (!experiment) {
      await this.#journal?.restart();
      return undefined;
    }
    const url = client.links.experiments(dataset.id, [experiment]);
    return {
      ...finished,
      // Journals that an earlier version wrote do not have these.
      errors: finished.errors ?? 0,
      scores: finished.scores ?? [],
      experiment: { id: experiment.id, name: experiment.name, url },
      dataset: { ...finished.dataset, created: false },
      examples: {
        created: 0,
        existing: finished.examples.created + finished.examples.existing,
        updated: 0,
      },
      runs: 0,
      feedback: 0,
      status: 'complete',
    };
  }

  readonly #countBytes = (chunk: Uint8Array): void => {
    this.#tally.bytes += chunk.length;
  };

  #newTally(): Tally {
    return new Tally(this.#options.client, this.#source.live ? undefined : this.#source.bytes);
  }

  /** As if nothing was read yet. */
  #countAnew(): void {
    this.#tally = this.#newTally();
    this.#notes.clear();
  }

  #newJob(dataset: Dataset | undefined): Job {
    return {
      client: this.#options.client,
      options: this.#options,
      datasetId: dataset?.id ?? randomUUID(),
      isNewDataset: !dataset || dataset.exampleCount === 0,
      examples: new ExampleTable(),
      refusedExamples: new Map(),
      changes: this.#changes,
      tally: this.#tally,
      rejects: this.#rejects,
      journal: this.#journal,
    };
  }

  /** Reads a part through; stops here if it is all there is, and some of it is bad. */
  async #survey(job: Job, part: Part): Promise<Survey> {
    const isFirst = this.#tally.rows === 0;
    const hash = createHash('sha256');
    const survey = await surveyPart(job, part, (chunk) => {
      hash.update(chunk);
      this.#countBytes(chunk);
    });
    this.#sourceId ??= hash.digest('hex');
    for (const [note, rows] of survey.notes)
      this.#notes.set(note, (this.#notes.get(note) ?? 0) + rows);
    this.#tally.rows += survey.rows;
    if (!this.#source.live) this.#tally.totalRows = survey.rows;

    const isStrict = (this.#options.onInvalid ?? 'fail') === 'fail' && isFirst && part.isWhole;
    if (isStrict && survey.badRows > 0) throw invalidRows(survey);
    this.#tally.problems.push(...survey.problems);
    return survey;
  }

  /**
   * Finds the experiment, then makes the dataset if there is none. Should another process have made both since we
   * looked, that is what comes back, without a target.
   */
  async #settle(
    datasetId: string,
    dataset: Dataset | undefined,
  ): Promise<{ wanted?: ExperimentTarget; dataset: Dataset | undefined }> {
    const { client, dryRun, dataset: name } = this.#options;
    try {
      const wanted = await this.#findTarget(datasetId, 0);
      if (dataset || dryRun) return { wanted, dataset };
      return { wanted, dataset: await this.#createDataset(datasetId) };
    } catch (error) {
      const isTaken = error instanceof LsRecordError && error.code === 'NAME_TAKEN';
      const madeSince = isTaken && !dataset ? await client.findDataset(name) : undefined;
      if (!madeSince) throw error;
      return { dataset: madeSince };
    }
  }

  async #findTarget(datasetId: string, firstGeneration: number): Promise<ExperimentTarget> {
    const begun = firstGeneration === 0 ? this.#journal?.experiment : undefined;
    if (begun) {
      const experiment = await this.#options.client.findExperiment(begun.id);
      if (experiment) return { exists: true, experiment };
      // Deleted since; or the process was killed before it was created, and then its id is still free.
      await this.#journal?.restart();
    }
    const naming = {
      datasetId,
      source: this.#sourceId ?? '',
      name: experimentName(this.#source, this.#sourceId ?? '', this.#options),
      isNameGiven: this.#options.experiment !== undefined,
    };
    return findTarget(this.#options.client, naming, this.#options, firstGeneration);
  }

  async #createDataset(id: string): Promise<Dataset> {
    const { client, dataset: name } = this.#options;
    try {
      return await client.createDataset({ id, name });
    } catch (error) {
      const existing =
        error instanceof ApiRefusal && error.status === 409
          ? await client.findDataset(name)
          : undefined;
      if (existing) return existing;
      throw error;
    }
  }

  #timeline(survey: Survey, changedUs: Micros): Timeline {
    const { client, keepTimes = false } = this.#options;
    const timeline = new Timeline(survey.range, {
      state: this.#source.live ? undefined : this.#journal?.timeline,
      nowUs: () => Math.floor(client.nowMs() * 1000),
      examplesChangedUs: changedUs,
      windowUs: client.endpoint.isCloud ? CLOUD_WINDOW_US : Number.POSITIVE_INFINITY,
      keep: keepTimes,
    });
    const words = timeline.describe();
    if (words !== undefined) this.#notes.set(words, survey.rows);
    return timeline;
  }

  async #open(
    job: Job,
    wanted: ExperimentTarget,
    survey: Survey,
    timeline: Timeline,
    changedUs: Micros,
  ): Promise<Opened> {
    const { client, description, shard = '' } = this.#options;
    // What it has acknowledged is written down; only without that must the server be asked.
    const hadJournal = this.#journal?.experiment !== undefined;
    if (!wanted.exists) await this.#journal?.setExperiment(wanted);
    const { experiment, existed } = await openExperiment(
      client,
      wanted,
      {
        datasetId: job.datasetId,
        startTime: isoTime(timeline.earliest(survey.range)),
        description,
        metadata: describeSource(
          this.#source,
          this.#sourceId ?? '',
          survey,
          changedUs,
          this.#options,
        ),
        ...(!this.#source.live && !this.#options.append && { exampleCount: job.examples.size }),
      },
      (firstGeneration) => this.#findTarget(job.datasetId, firstGeneration),
    );

    await this.#journal?.setExperiment(experiment);
    await this.#journal?.setTimeline(timeline.state);
    const knownRuns = new Set<string>();
    if (existed && !hadJournal)
      for await (const id of client.listRootRunIds(experiment.id)) knownRuns.add(id);
    const startMs = parseTime(experiment.startTime) / 1000;
    const ids = new RunIds(experiment.id, startMs, shard, this.#sourceId ?? '');
    return { experiment, target: { experimentId: experiment.id, ids, existed, knownRuns } };
  }

  async #finish(
    opened: Opened,
    dataset: Dataset,
    isNewDataset: boolean,
    latestEnd: Micros,
  ): Promise<Recording> {
    const { client, signal, verify: mode = 'normal' } = this.#options;
    const tally = this.#tally;
    const scores = this.#options.summary?.() ?? [];
    const { id: experimentId } = opened.experiment;
    const ofExperiment = await sendSummary(client, experimentId, scores, this.#changes);
    const sent = tally.runs + tally.feedback + tally.refused + ofExperiment;
    const isComplete = opened.target.existed && sent === 0;
    if (!isComplete || opened.experiment.endTime === undefined) {
      await closeExperiment(client, opened.experiment.id, dataset.id, isoTime(latestEnd));
    }

    let verified: Recording['verified'] = 'off';
    if (mode !== 'off' && !signal?.aborted) {
      this.#options.onProgress?.(tally.progress('verifying', tally.recorded));
      const { ids } = opened.target;
      const expected = {
        runs: tally.recorded,
        feedback: tally.feedback,
        scores: tally.scores,
        ...(mode === 'strict' && { rootRunIds: rootRunIds(ids, tally) }),
      };
      verified = (await verify(client, opened.experiment.id, expected, VERIFY_MS[mode]))
        ? 'yes'
        : 'not yet';
    }

    const { id, name } = opened.experiment;
    const recording: Recording = {
      experiment: { id, name, url: client.links.experiments(dataset.id, [opened.experiment]) },
      dataset: { id: dataset.id, name: dataset.name, created: isNewDataset },
      rows: {
        read: tally.rows,
        recorded: tally.recorded,
        refused: tally.refused,
        skipped: tally.skipped,
      },
      examples: {
        created: tally.examplesCreated,
        existing: tally.examplesExisting,
        updated: tally.examplesUpdated,
      },
      runs: tally.runs,
      feedback: tally.feedback + ofExperiment,
      errors: tally.outcome.errors,
      scores: tally.outcome.scores(),
      status: signal?.aborted ? 'stopped' : isComplete ? 'complete' : 'recorded',
      verified,
      problems: tally.problems,
      notes: this.#allNotes(),
    };
    // A stream that was stopped is done with what it gave; a file goes on when it is given again.
    if (this.#source.live || !signal?.aborted) await this.#journal?.finish(recording);
    return recording;
  }

  #allNotes(): string[] {
    const counted = [...this.#notes].map(([note, rows]) =>
      rows > 1 ? `${note} (${rows} rows)` : note,
    );
    return [...counted, ...this.#changes.sentences()];
  }
}

function* rootRunIds(ids: RunIds, { rows, leftOut }: Tally): Generator<string> {
  for (let index = 0; index < rows; index++) if (!leftOut.has(index)) yield ids.id(index, '');
}
