const MAX_LABEL = 60;

/**
 * Gives experiments short names of their own: of those that have the same name, all but the first are numbered.
 *
 * @returns the name of the experiment that a key stands for.
 */
export function nameExperiments(): (key: string, name: string) => string {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  return (key, name) => {
    const known = names.get(key);
    if (known !== undefined) return known;
    let free = name;
    for (let n = 2; taken.has(free); n++) free = `${name} (${n})`;
    names.set(key, free);
    taken.add(free);
    return free;
  };
}

/** The beginning of a label, on one line: it may be a whole prompt. */
export function shortenLabel(label: string): string {
  const line = label
    .slice(0, 4 * MAX_LABEL)
    .trim()
    .replace(/\s+/g, ' ');
  return line.length > MAX_LABEL ? `${line.slice(0, MAX_LABEL).trimEnd()}…` : line;
}

/** The only one of some names, if there is but one: it tells nothing apart, and is left out of labels. */
export function findOnly(names: Iterable<string | undefined>): string | undefined {
  const [first, ...others] = new Set(names);
  return others.length === 0 ? first : undefined;
}

/**
 * What tells an experiment apart, in a few words: a system, and a prompt or variant of it.
 *
 * @param only a variant that all have in common.
 */
export function labelExperiment(
  system: string | undefined,
  variant?: string,
  only?: string,
): string {
  const parts = variant === only && system ? [system] : [system, variant];
  return parts.flatMap((part) => (part ? [shortenLabel(part)] : [])).join(' · ');
}
