import { shorten } from '../found.js';
import type { Placement } from './placement.js';
import { nameOfSpread, tellKey } from './row-scores.js';

const MAX_NAMED = 12;
const GROUPS = [
  ['inputs'],
  ['outputs'],
  ['reference_outputs'],
  ['scores', 'feedback'],
  ['error', 'start_time', 'end_time', 'latency', 'latency_ms'],
  ['usage', 'metadata', 'usage_metadata'],
  ['experiment', 'model', 'provider'],
];
const META: Readonly<Record<string, string>> = {
  model: 'experiment, metadata.ls_model_name',
  provider: 'metadata.ls_provider',
  usage: 'metadata.usage_metadata',
  latency: 'latency (s)',
  latency_ms: 'latency (ms)',
};

/** What columns are read as, a line a group. */
export function describePlacements(placements: readonly Placement[]): string[] {
  const listed = new Set(GROUPS.flat());
  const of = (heads: readonly string[]) =>
    placements.filter(({ target: [head = ''] }) => heads.includes(head));
  const rest = placements.filter(
    ({ target: [head] }) => head !== undefined && head !== 'kept' && !listed.has(head),
  );
  const lines = [...GROUPS.map(of), rest]
    .filter((group) => group.length > 0)
    .map((group) => list(group.flatMap(describePlacement)));
  const kept = of(['kept']).map(describeSource);
  const dropped = placements.filter(({ target }) => target.length === 0).map(describeSource);
  return [
    ...lines,
    ...(kept.length > 0 ? [`${list(kept)} → metadata`] : []),
    ...(dropped.length > 0 ? [`${list(dropped)}: left out`] : []),
  ];
}

function describePlacement(placement: Placement): string[] {
  const source = describeSource(placement);
  if (!placement.spread) return [`${source} → ${describeTarget(placement)}`];
  return placement.spread.keys.map((key) => {
    const from = key === nameOfSpread(placement) ? source : `${source}.${shorten(key)}`;
    return `${from} → scores.${shorten(tellKey(placement, key))}`;
  });
}

function describeSource({ column, below = [] }: Placement): string {
  return column === '' ? 'the column without a name' : shorten([column, ...below].join('.'));
}

function describeTarget({ target, key }: Placement): string {
  if (key)
    return `${target[2] === 'comment' ? 'comments' : 'scores'} named by ${shorten(key.column)}`;
  const [head = ''] = target;
  const path = target.at(-1) === 'score' && head === 'scores' ? target.slice(0, -1) : target;
  return target.length === 1 ? (META[head] ?? head) : shorten(path.join('.'));
}

function list(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  const shown = names.slice(0, MAX_NAMED).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}
