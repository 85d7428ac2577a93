/** What to type to record into a dataset on this machine. */
export function recordCommand(datasetName: string): string {
  const name = /^[\w.][\w.-]*$/.test(datasetName)
    ? datasetName
    : `'${datasetName.replaceAll("'", `'\\''`)}'`;
  return `ls-record record results.jsonl --dataset ${name} --local`;
}
