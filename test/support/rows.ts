import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { TextFormat } from '../../src/input/contents.js';
import { openSources } from '../../src/input/open.js';
import type { OpenedSource, Row, Source } from '../../src/input/row.js';
import { recognise } from '../../src/results/recognise.js';

export const spoolFolder = mkdtempSync(join(tmpdir(), 'ls-record-spool-'));

/** A file of its own for each call. */
export function fileOf(content: string | Uint8Array, name = 'rows'): string {
  const path = join(mkdtempSync(join(tmpdir(), 'ls-record-rows-')), name);
  writeFileSync(path, content);
  return path;
}

export async function sourceOf(
  content: string | Uint8Array,
  format?: TextFormat,
): Promise<OpenedSource> {
  const options = { spoolFolder, ...(format && { format }) };
  const [source] = await openSources([fileOf(content)], options);
  return source as OpenedSource;
}

export async function streamOf(
  chunks: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<OpenedSource> {
  const [source] = await openSources(['-'], {
    spoolFolder,
    stdin: Readable.from(chunks, { objectMode: false }),
  });
  return source as OpenedSource;
}

/** All rows; those of a document from where they are in it. */
export async function rowsOf(source: Source | OpenedSource): Promise<Row[]> {
  const isDocument = 'kind' in source && source.kind === 'document';
  const rows: Row[] = [];
  for await (const row of (isDocument ? await recognise(source) : source).rows()) rows.push(row);
  return rows;
}
