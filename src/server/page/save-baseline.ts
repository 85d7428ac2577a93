import { withBlessing } from '../../experiments/baseline.js';
import { printJson } from '../../json/print.js';
import { Refusal } from '../refusal.js';
import { readMetadata } from '../splits.js';
import type { Store } from '../store.js';

/**
 * Blesses the experiment that a form names as the baseline of its dataset, as `ls-record bless` does; none: there is no
 * blessed one from then on.
 *
 * @throws {Refusal} if it is no experiment of this dataset.
 */
export function saveBaseline(
  store: Store,
  form: Readonly<Record<string, unknown>>,
  { datasetId, by }: { readonly datasetId: string; readonly by: string | undefined },
): void {
  const id = String(form.experiment ?? '').toLowerCase();
  const session = id === '' ? undefined : store.sessions.find(id);
  if (id !== '' && session?.reference_dataset_id !== datasetId)
    throw new Refusal(404, 'This dataset has no such experiment');
  const at = new Date();
  const blessing = session && { experimentId: id, name: session.name, by, at: at.toISOString() };
  const metadata = withBlessing(
    readMetadata(store.datasets.get(datasetId).metadata ?? '{}'),
    blessing,
  );
  const changes = { metadata: printJson(metadata), baseline_experiment_id: session?.id ?? null };
  store.datasets.update(datasetId, changes, at.getTime() * 1000);
}
