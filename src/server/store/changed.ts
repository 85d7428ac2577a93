/** A row with its changes; a change that is undefined leaves the field as it is. */
export function changed<T extends object>(row: T, changes: Partial<T>): T {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...row, ...Object.fromEntries(given) };
}
