import { basename } from 'node:path';

const ENDINGS = /(\.(gz|br|zst|jsonl|ndjson|json|csv|tsv|txt))+$/i;

/** The name of a file without what says how it is written: `runs/may.jsonl.gz` is `may`; stdin is `stdin`. */
export function stemOf(sourceName: string): string {
  if (sourceName === '-') return 'stdin';
  const name = basename(sourceName);
  return name.replace(ENDINGS, '') || name;
}
