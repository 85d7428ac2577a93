/** What a file is that holds no rows that can be read, and the way to some; `FILE` is its name. */
export interface Unreadable {
  readonly what: string;
  readonly hint: string;
  /** Where a text that was meant to be JSON stops being it, from its beginning. */
  readonly offset?: number;
}

const AS_CSV = 'Save it as .xlsx or CSV.';
const UNPACK = 'Unpack it and give the files inside';
const python = (code: string) => `In Python: ${code}`;
const frame = (reader: string) =>
  python(`pd.${reader}('FILE').to_json('rows.jsonl', orient='records', lines=True)`);
const PICKLE: Unreadable = {
  what: 'a Python pickle',
  hint: `${frame('read_pickle')}\nOnly if you trust it: reading a pickle runs code.`,
};
const TAR: Unreadable = { what: 'a tar archive', hint: `${UNPACK}: tar xf FILE` };
const ARROW = frame('read_feather');

/** By the bytes in hex that stand at an offset. */
const BYTES: readonly (Unreadable & { bytes: string; at?: number; isPlain?: boolean })[] = [
  {
    bytes: '53514c69746520666f726d6174',
    what: 'an SQLite database',
    hint: 'Give its rows: sqlite3 -json FILE "select * from TABLE" | ls-record record -',
  },
  {
    bytes: '4455434b',
    at: 8,
    what: 'a DuckDB database',
    hint: 'Give its rows: duckdb FILE -json -c "select * from TABLE" | ls-record record -',
  },
  {
    bytes: '255044462d',
    isPlain: true,
    what: 'a PDF',
    hint: 'Give the results that it was made from.',
  },
  {
    bytes: 'd0cf11e0a1b11ae1',
    what: 'an old Office file (.xls), or an encrypted one',
    hint: AS_CSV,
  },
  { bytes: '425a68', what: 'compressed with bzip2', hint: 'bzcat FILE | ls-record record -' },
  { bytes: 'fd377a585a00', what: 'compressed with xz', hint: 'xzcat FILE | ls-record record -' },
  { bytes: '04224d18', what: 'compressed with lz4', hint: 'lz4cat FILE | ls-record record -' },
  { bytes: '1f9d', what: 'compressed with compress', hint: 'zcat FILE | ls-record record -' },
  { bytes: '377abcaf271c', what: 'a 7-Zip archive', hint: `${UNPACK}: 7z x FILE` },
  { bytes: '526172211a07', what: 'a RAR archive', hint: `${UNPACK}: unrar x FILE` },
  { bytes: '7573746172', at: 257, ...TAR },
  { bytes: '4152524f5731', what: 'an Arrow or Feather file', hint: ARROW },
  { bytes: '46454131', what: 'a Feather file', hint: ARROW },
  {
    bytes: 'ffffffff',
    what: 'an Arrow stream, as Hugging Face datasets keep it',
    hint: python("datasets.Dataset.from_file('FILE').to_json('rows.jsonl')"),
  },
  { bytes: '4f626a01', what: 'an Avro file', hint: 'fastavro FILE | ls-record record -' },
  { bytes: '4f5243', what: 'an ORC file', hint: frame('read_orc') },
  { bytes: '894844460d0a1a0a', what: 'an HDF5 file', hint: frame('read_hdf') },
  {
    bytes: '934e554d5059',
    what: 'a NumPy array',
    hint: python(
      "pd.DataFrame(np.load('FILE', allow_pickle=True)).to_json('rows.jsonl', orient='records', lines=True)",
    ),
  },
  ...['8002', '8003', '8004', '8005'].map((bytes) => ({ bytes, ...PICKLE })),
  ...['89504e470d0a1a0a', 'ffd8ff', '47494638'].map((bytes) => ({
    bytes,
    what: 'a picture',
    hint: 'Give the results that it shows.',
  })),
];

const PAGE: Unreadable = {
  what: 'an HTML page, which contains no rows',
  hint: 'Give the results file, JSON or CSV, that its tool also writes. A page that a spreadsheet saved: save it as .xlsx or CSV.',
};
const DRAWN: Unreadable = {
  what: 'a table drawn with lines',
  hint: 'Write it as CSV or JSON Lines; a Markdown table is read too.',
};

/** A list or an object whose first key is not in double quotes. */
const PYTHON = /^\[?\s*\{\s*(?:'|[bru]+')/;
const PRINTED: Unreadable = {
  what: 'printed Python, which is not JSON',
  hint: 'Write json.dumps(row) instead of str(row), and json.dump(rows, file) instead of print(rows).',
};

/** By how text begins. */
const BEGINNINGS: readonly (Unreadable & { text: RegExp })[] = [
  { text: /^<(?:!--|(?:!doctype html|html|head|body|table|div)\b)/i, ...PAGE },
  {
    text: /^<\?xml\b/i,
    what: 'XML, which is not supported',
    hint: 'Give the results as JSON, JSON Lines or CSV.',
  },
  {
    text: /^version https:\/\/git-lfs\.github\.com\/spec\//,
    what: 'a Git LFS pointer, not the file itself',
    hint: 'Fetch it with git lfs pull.',
  },
  { text: /^\((?:lp|dp)\d+\n/, ...PICKLE },
  {
    text: /^(?:module\.exports\s*=|export\s+(?:default|const)\b|(?:const|let|var)\s+\w+\s*=)/,
    what: 'JavaScript, not JSON',
    hint: 'Write JSON.stringify(rows), and only that.',
  },
  // Below a title or two, but not in a cell of CSV.
  {
    text: /^(?:[^\n"]*\n){0,3}?[ \t]*(?:\+[-=+]{3,}\+|[┌┏╔╭][─━═┬┳╦]{2}|={2,}(?: +={2,})+[ \t]*\r?(?:\n|$))/,
    ...DRAWN,
  },
];

/** By the names in a zip archive. */
const ARCHIVES: readonly (Unreadable & { holds: RegExp })[] = [
  { holds: /^xl\/workbook\.bin$/, what: 'a binary Excel workbook (.xlsb)', hint: AS_CSV },
  {
    holds: /^word\/document\.xml$/,
    what: 'a Word document',
    hint: 'Give the results as JSON, JSON Lines, CSV or .xlsx.',
  },
  {
    holds: /^ppt\/presentation\.xml$/,
    what: 'PowerPoint slides',
    hint: 'Give the results as JSON, JSON Lines, CSV or .xlsx.',
  },
  { holds: /^Index(?:\.zip$|\/Document\.iwa$)/, what: 'a Numbers spreadsheet', hint: AS_CSV },
  { holds: /^META-INF\/manifest\.xml$/, what: 'an OpenDocument file (.ods)', hint: AS_CSV },
  {
    holds: /\.npy$/,
    what: 'a NumPy archive',
    hint: python(
      "pd.DataFrame(dict(np.load('FILE', allow_pickle=True))).to_json('rows.jsonl', orient='records', lines=True)",
    ),
  },
  {
    holds: /(?:^|\/)data\.pkl$/,
    what: 'a PyTorch file',
    hint: python("json.dump(torch.load('FILE'), open('rows.json', 'w'))"),
  },
];

const PACKED_TAR = /\.(?:tar\.\w+|t[bx]z2?)$/i;
/** Up to the end of the signature that stands farthest in. */
const SIGNATURE_BYTES = 262;

/**
 * Names what a file is by its first bytes. Some signatures are words, with which a table may begin.
 *
 * @param file its name, which may say what is packed.
 */
export function nameBytes(head: Uint8Array, file = ''): Unreadable | undefined {
  const start = head.subarray(0, SIGNATURE_BYTES);
  const isText = start.every((byte) => byte > 31 || (byte > 8 && byte < 14));
  const hex = Buffer.from(start).toString('hex');
  const found = BYTES.find(
    ({ bytes, at = 0, isPlain }) => (isPlain || !isText) && hex.startsWith(bytes, 2 * at),
  );
  return found?.what.startsWith('packed') && PACKED_TAR.test(file) ? TAR : found;
}

export function nameText(text: string): Unreadable | undefined {
  const start = text.search(/\S/);
  const trimmed = text.slice(Math.max(start, 0));
  const quote = PYTHON.exec(trimmed)?.[0].length;
  if (quote !== undefined) return { ...PRINTED, offset: start + quote - 1 };
  return BEGINNINGS.find(({ text: beginning }) => beginning.test(trimmed));
}

export function nameArchive(names: readonly string[]): Unreadable | undefined {
  return ARCHIVES.find(({ holds }) => names.some((name) => holds.test(name)));
}
