const MOST = 10_000;

/** Names come again with every row: what follows from them is worked out once, for the first ten thousand. */
export function remember<T>(follow: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined || known.has(name)) return before as T;
    const found = follow(name);
    if (known.size < MOST) known.set(name, found);
    return found;
  };
}
