import { zipOf } from './containers.js';

const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

/** What a workbook is made of, as XML: the rows of each sheet, and what they refer to. */
export interface WorkbookParts {
  readonly sheets: Readonly<Record<string, string>>;
  readonly hidden?: readonly string[];
  /** The content of `<sst>`. */
  readonly strings?: string;
  /** The content of `<styleSheet>`. */
  readonly styles?: string;
  readonly is1904?: boolean;
  /** Put before the name of each element of a sheet. */
  readonly prefix?: string;
}

/** Writes an Excel workbook. */
export function workbookOf({
  sheets,
  hidden = [],
  strings,
  styles,
  is1904,
  prefix = '',
}: WorkbookParts): Buffer {
  const names = Object.keys(sheets);
  const parts = [
    ...names.map((_, at) => ['worksheet', `worksheets/sheet${at + 1}.xml`]),
    ...(strings === undefined ? [] : [['sharedStrings', '/xl/sharedStrings.xml']]),
    ...(styles === undefined ? [] : [['styles', 'styles.xml']]),
  ];
  const relations = parts
    .map(
      ([kind, target], at) =>
        `<Relationship Id="rId${at + 1}" Type="${REL}/${kind}" Target="${target}"/>`,
    )
    .join('');
  const listed = names
    .map((name, at) => {
      const state = hidden.includes(name) ? ' state="hidden"' : '';
      return `<sheet name="${name}" sheetId="${at + 7}"${state} r:id="rId${at + 1}"/>`;
    })
    .join('');
  const sheetOf = (rows: string) => {
    const xml = `<worksheet><sheetData>${rows}</sheetData><mergeCells/></worksheet>`;
    return xml.replace(/<(\/?)(?=\w)/g, `<$1${prefix}`);
  };
  const files: Record<string, string> = {
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': `<Relationships><Relationship Id="rId1" Type="${REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${REL}"><workbookPr date1904="${is1904 ? 1 : 0}"/><sheets>${listed}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${relations}</Relationships>`,
  };
  for (const [at, rows] of Object.values(sheets).entries())
    files[`xl/worksheets/sheet${at + 1}.xml`] = sheetOf(rows);
  if (strings !== undefined) files['xl/sharedStrings.xml'] = `<sst>${strings}</sst>`;
  if (styles !== undefined) files['xl/styles.xml'] = `<styleSheet>${styles}</styleSheet>`;
  const declared = ([name, content]: [string, string]) => ({
    name,
    content: `<?xml version="1.0" encoding="UTF-8"?>\n${content}`,
  });
  return zipOf(Object.entries(files).map(declared));
}

/** Rows of texts and numbers, each cell under its reference. */
export function rowsOfCells(...rows: readonly (readonly (string | number)[])[]): string {
  return rows
    .map((cells, row) => {
      const xml = cells.map((cell, column) => {
        const reference = `${String.fromCharCode(65 + column)}${row + 1}`;
        return typeof cell === 'number'
          ? `<c r="${reference}"><v>${cell}</v></c>`
          : `<c r="${reference}" t="inlineStr"><is><t>${cell}</t></is></c>`;
      });
      return `<row r="${row + 1}">${xml.join('')}</row>`;
    })
    .join('');
}
