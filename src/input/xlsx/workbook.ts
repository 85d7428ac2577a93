import { posix } from 'node:path';
import { type NamedContents, tableOf } from '../contents.js';
import { decode } from '../decode.js';
import type { RowsOptions } from '../row.js';
import { readTable, type Table } from '../table.js';
import type { Archive } from '../zip.js';
import { readStyles } from './cells.js';
import { readSharedStrings, readSheet, SharedStrings } from './sheet.js';
import { broken, readAllXml } from './xml.js';

/** What is said of the parts of an office document, by the folder of each: `_rels/.rels` names the main part. */
const RELATIONS = '_rels/.rels';
const MAIN = /^xl\/workbook\d*\.xml$/;

/** @see ECMA-376 part 2, 10.1.2: the parts of an office document and their kinds. */
export function isWorkbook({ names }: Archive): boolean {
  return names.includes('[Content_Types].xml') && names.some((name) => MAIN.test(name));
}

/**
 * Opens the sheets of an Excel workbook (.xlsx), in their order, hidden ones last. Their cells are what the same table
 * in CSV would have.
 *
 * @throws {LsRecordError} `INPUT_INVALID` if a part is missing or broken.
 */
export async function openWorkbook(archive: Archive): Promise<NamedContents[]> {
  const [main = 'xl/workbook.xml'] = await partsOf(archive, '', 'officeDocument');
  const { sheets, is1904 } = await readOverview(archive, main);
  const optional = async (kind: string) => (await partsOf(archive, main, kind))[0];
  const [strings, styles] = [await optional('sharedStrings'), await optional('styles')];
  let shared: Promise<SharedStrings> | undefined;
  const read = (name: string, signal?: AbortSignal) => textOf(archive, name, signal);
  const contextOf = async () => {
    shared ??= strings
      ? readSharedStrings(read(strings), `${archive.file}/${strings}`)
      : Promise.resolve(new SharedStrings());
    const texts = await shared;
    const shown = styles ? await readStyles(read(styles), `${archive.file}/${styles}`) : [];
    return { styles: shown, is1904, shared: (index: number) => texts.get(index) };
  };
  return sheets.map(({ name, part }) => {
    const records = async function* ({ signal, tolerated }: RowsOptions) {
      const place = `${archive.file}/${part}`;
      yield* readSheet(read(part, signal), place, await contextOf(), tolerated);
    };
    const table: Table = {
      file: `${archive.file}/${name}`,
      isSparse: true,
      print: (fields) => fields.join('\t'),
    };
    return { name, contents: tableOf((options) => readTable(records(options), table, options)) };
  });
}

interface Sheet {
  readonly name: string;
  readonly part: string;
}

async function readOverview(
  archive: Archive,
  main: string,
): Promise<{ sheets: Sheet[]; is1904: boolean }> {
  const parts = await relationsOf(archive, main);
  const shown: Sheet[] = [];
  const hidden: Sheet[] = [];
  let is1904 = false;
  await readPart(archive, main, (name, attributes) => {
    if (name === 'workbookPr') is1904 = /^(?:1|true)$/.test(attributes().date1904 ?? '');
    if (name !== 'sheet') return;
    const { name: title = '', id = '', state = 'visible' } = attributes();
    const found = parts.find((part) => part.id === id && part.kind === 'worksheet');
    // A sheet of charts has no cells.
    if (found) (state === 'visible' ? shown : hidden).push({ name: title, part: found.part });
  });
  return { sheets: [...shown, ...hidden], is1904 };
}

/** Names of the parts of a kind to which a part refers. */
async function partsOf(archive: Archive, of: string, kind: string): Promise<string[]> {
  const relations = await relationsOf(archive, of);
  const parts = relations.filter((one) => one.kind === kind).map(({ part }) => part);
  return parts.filter((part) => archive.names.includes(part));
}

/** @param of a part; '' for the document. */
async function relationsOf(
  archive: Archive,
  of: string,
): Promise<{ id: string; kind: string; part: string }[]> {
  const folder = posix.dirname(of);
  const name = of === '' ? RELATIONS : posix.join(folder, '_rels', `${posix.basename(of)}.rels`);
  const found: { id: string; kind: string; part: string }[] = [];
  if (!archive.names.includes(name)) return found;
  await readPart(archive, name, (element, attributes) => {
    if (element !== 'Relationship') return;
    const { Id: id = '', Type: type = '', Target: target = '' } = attributes();
    const part = posix.join(target.startsWith('/') ? '' : folder, target).replace(/^\//, '');
    found.push({ id, kind: posix.basename(type), part });
  });
  return found;
}

async function readPart(
  archive: Archive,
  name: string,
  open: Parameters<typeof readAllXml>[2],
): Promise<void> {
  await readAllXml(textOf(archive, name), `${archive.file}/${name}`, open);
}

function textOf(archive: Archive, name: string, signal?: AbortSignal): AsyncIterable<string> {
  const place = `${archive.file}/${name}`;
  if (!archive.names.includes(name)) throw broken(place, 'it is missing');
  return decode(archive.read(name, signal), place);
}
