import type { Sample } from '../../../input/sample.js';
import { isJsonObject, type JsonObject } from '../../../json/value.js';
import { memberAt, textAt } from '../../format-kit/members.js';
import { splitModel } from '../../format-kit/model.js';
import { mostRecords, unexpected } from '../../format-kit/rows.js';
import type { Format, FormatRow, ResultsFile } from '../format.js';
import { readAttempt, type Target } from './attempt.js';

/** What only garak calls so: in its setup, its first line and its attempts. */
const TELLTALE = ['plugins.target_type', 'plugins.model_type', 'garak_version', 'probe_classname'];
/** The status of an attempt that detectors have seen. @see https://github.com/NVIDIA/garak, garak/attempt.py */
const COMPLETE = 2;

/** The report of a scan by garak. An attempt has a line when it was answered, and another once detectors have seen it. */
export const garak: Format = {
  name: 'garak',
  title: 'garak report',
  files: 'garak.<run id>.report.jsonl',
  reads: 'a row per output of an attempt, an experiment per target and probe, a score per detector',
  recognise(sample) {
    if (!isReport(sample)) return undefined;
    return {
      why: 'lines have entry_type, attempts have probe_classname',
      hasExperiments: true,
      assumptions: [
        'a detector’s score of 1 is a hit: lower is better',
        'lines other than attempts are left out: they set up the scan or sum it up',
      ],
      rows: readReport,
    };
  },
};

function isReport(sample: Sample): boolean {
  const isTelltale = (line: JsonObject) =>
    TELLTALE.some((name) => memberAt(line, name) !== undefined);
  return (
    mostRecords(sample, (line) => textAt(line, 'entry_type') !== undefined) &&
    sample.rows.some(isTelltale)
  );
}

async function* readReport({ records }: ResultsFile): AsyncGenerator<FormatRow> {
  let target: Target = { model: {} };
  const unseen = new Map<string, () => Iterable<FormatRow>>();
  for await (const row of records) {
    const { origin, value: line } = row;
    const kind = textAt(line, 'entry_type');
    if (!isJsonObject(line) || kind === undefined) {
      yield unexpected(row, 'a line of garak with entry_type');
      continue;
    }
    if (kind === 'start_run setup') target = readTarget(line);
    if (kind !== 'attempt') continue;
    const [id, aimedAt] = [textAt(line, 'uuid') ?? '', target];
    if (line.status !== COMPLETE) unseen.set(id, () => readAttempt(origin, line, aimedAt));
    else {
      unseen.delete(id);
      yield* readAttempt(origin, line, aimedAt);
    }
  }
  for (const read of unseen.values()) yield* read();
}

/** Until version 0.13 a target was a model. */
function readTarget(setup: JsonObject): Target {
  const [type, name] = ['type', 'name'].map(
    (what) => textAt(setup, `plugins.target_${what}`) ?? textAt(setup, `plugins.model_${what}`),
  );
  const [family] = type?.split('.') ?? [];
  const model = splitModel(`${family}:${name}`);
  return { name: name ?? type, model: model.ls_provider ? model : splitModel(name) };
}
