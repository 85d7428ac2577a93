import { LsRecordError } from '../../errors.js';
import type { Directions, KeyComparison } from '../../experiments/statistics.js';
import type { Category, Subject } from '../../experiments/subject.js';
import type { LangSmith } from '../../langsmith/client.js';
import type { FeedbackConfig } from '../../langsmith/wire.js';
import { chunksOf } from '../../recorder/batches.js';
import type { Terminal } from '../screen/terminal.js';

export interface DirectionOptions {
  readonly lowerIsBetter?: readonly string[];
  readonly higherIsBetter?: readonly string[];
  readonly save?: boolean;
}

/** @throws {LsRecordError} `USAGE` if a score was typed for both directions. */
export function typedDirections(options: DirectionOptions): Directions['typed'] {
  const { lowerIsBetter = [], higherIsBetter = [], save } = options;
  const both = lowerIsBetter.find((key) => higherIsBetter.includes(key));
  if (both !== undefined) {
    throw new LsRecordError('USAGE', `${both} has both directions: lower and higher is better`, {
      hint: 'Use either --lower-is-better or --higher-is-better for it.',
    });
  }
  if (save && lowerIsBetter.length + higherIsBetter.length === 0) {
    throw new LsRecordError('USAGE', '--save has nothing to save', {
      hint: 'Give scores with --lower-is-better or --higher-is-better.',
    });
  }
  return new Map([
    ...lowerIsBetter.map((key): [string, boolean] => [key, true]),
    ...higherIsBetter.map((key): [string, boolean] => [key, false]),
  ]);
}

/** Words that count as scores: `--higher-is-better tone=kind`. */
export function categoriesIn(typed: Directions['typed']): Category[] {
  return [...typed.keys()].flatMap((name) => {
    const at = name.indexOf('=');
    if (at < 1) return [];
    return { key: name.slice(0, at), value: name.slice(at + 1), isScore: true };
  });
}

/** Keys that one request can hold. */
const ASK = 50;

/** What the server knows of the scores of these subjects; without a server, nothing. */
export async function readConfigs(
  client: LangSmith | undefined,
  subjects: readonly Subject[],
): Promise<readonly FeedbackConfig[]> {
  const keys = [...new Set(subjects.flatMap(({ scores }) => [...scores.keys()]))];
  if (!client) return [];
  const configs = [];
  for (const some of chunksOf(keys, ASK)) configs.push(await client.findFeedbackConfigs(some));
  return configs.flat();
}

/** Keeps typed directions where everybody's comparisons find them; a word under a key has none to keep. */
export async function saveDirections(
  client: LangSmith,
  typed: Directions['typed'],
  configs: readonly FeedbackConfig[],
  terminal: Terminal,
): Promise<void> {
  for (const [key, lowerIsBetter] of typed) {
    const isKnown = configs.some((config) => config.key === key);
    await client.saveDirection(key, lowerIsBetter, isKnown);
    terminal.say(`Saved: ${lowerIsBetter ? 'lower' : 'higher'} is better for ${key}.`);
  }
}

/** Says which directions were assumed, and warns of typed keys that nothing has. */
export function noteDirections(
  scores: readonly KeyComparison[],
  typed: Directions['typed'],
  terminal: Terminal,
): void {
  const keys = new Set(scores.map(({ key }) => key));
  for (const [key, lowerIsBetter] of typed) {
    const option = lowerIsBetter ? '--lower-is-better' : '--higher-is-better';
    if (!keys.has(key)) terminal.warn(`${option} ${key}: no compared experiment has this score`);
  }
  const assumed = (source: string) => [
    ...new Set(
      scores
        .filter(({ kind, direction }) => kind === 'score' && direction.source === source)
        .map(({ key }) => key),
    ),
  ];
  const [byName, others] = [assumed('name'), assumed('default')];
  const words = [
    ...(byName.length > 0 ? [`lower is better for ${byName.join(', ')} (by name)`] : []),
    ...(others.length > 0 ? [`higher is better for ${others.join(', ')}`] : []),
  ];
  if (words.length > 0)
    terminal.note(
      `assumed: ${words.join('; ')}. To change it: --lower-is-better KEY, --higher-is-better KEY; to keep it, add --save`,
    );
}
