/** What `open --row` takes, with what it is: the row's own id if it has one, else its example's. */
export function rowName(row: {
  readonly rowId: string | undefined;
  readonly exampleId: string | undefined;
}): string | undefined {
  if (row.rowId !== undefined) return `row ${row.rowId}`;
  return row.exampleId === undefined ? undefined : `example ${row.exampleId}`;
}
