import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openSources } from '../../src/input/open.js';
import { zipOf } from '../support/containers.js';
import { fileOf, sourceOf, spoolFolder } from '../support/rows.js';

/** Bytes of a signature, and some that are no text. */
const magic = (hex: string, at = 0) =>
  Buffer.concat([Buffer.alloc(at), Buffer.from(hex, 'hex'), Buffer.from([0, 1, 2, 255])]);
const tar = magic('7573746172003030', 257);
const zip = (...names: string[]) => zipOf(names.map((name) => ({ name, content: 'x' })));

test.for([
  ['runs.db', magic('53514c69746520666f726d6174'), 'an SQLite database', 'sqlite3 -json FILE'],
  ['runs.duckdb', magic('4455434b', 8), 'a DuckDB database', 'duckdb FILE -json'],
  ['runs.pdf', '%PDF-1.7\n', 'a PDF', 'Give the results'],
  ['runs.xls', magic('d0cf11e0a1b11ae1'), 'an old Office file', 'Save it as .xlsx or CSV'],
  [
    'runs.jsonl.bz2',
    magic('425a6839314159265359'),
    'compressed with bzip2',
    'bzcat FILE | ls-record record -',
  ],
  ['runs.jsonl.xz', magic('fd377a585a00'), 'compressed with xz', 'xzcat FILE | ls-record record -'],
  ['runs.jsonl.lz4', magic('04224d18'), 'compressed with lz4', 'lz4cat FILE | ls-record record -'],
  ['runs.7z', magic('377abcaf271c'), 'a 7-Zip archive', '7z x FILE'],
  ['runs.rar', magic('526172211a0700'), 'a RAR archive', 'unrar x FILE'],
  ['runs.tar', tar, 'a tar archive', 'tar xf FILE'],
  ['runs.tar.gz', gzipSync(tar), 'a tar archive', 'tar xf FILE'],
  [
    'runs.feather',
    magic('4152524f57310000'),
    'an Arrow or Feather file',
    "pd.read_feather('FILE')",
  ],
  ['data.arrow', magic('ffffffff'), 'an Arrow stream', "Dataset.from_file('FILE')"],
  ['runs.avro', magic('4f626a01'), 'an Avro file', 'fastavro FILE'],
  ['runs.orc', magic('4f5243'), 'an ORC file', "pd.read_orc('FILE')"],
  ['runs.h5', magic('894844460d0a1a0a'), 'an HDF5 file', "pd.read_hdf('FILE')"],
  ['runs.npy', magic('934e554d5059'), 'a NumPy array', "np.load('FILE'"],
  ['runs.pkl', magic('80049500'), 'a Python pickle', "pd.read_pickle('FILE')"],
  ['runs.pkl', '(lp0\n(dp1\nS"q"\n', 'a Python pickle', "pd.read_pickle('FILE')"],
  ['runs.js', 'module.exports = [{"q":1}]\n', 'JavaScript, not JSON', 'JSON.stringify'],
  ['runs.png', magic('89504e470d0a1a0a'), 'a picture', 'Give the results'],
  ['runs.npz', zip('a.npy'), 'a NumPy archive', "np.load('FILE'"],
  ['runs.pt', zip('run/data.pkl', 'run/version'), 'a PyTorch file', "torch.load('FILE')"],
  [
    'runs.ods',
    zip('mimetype', 'META-INF/manifest.xml'),
    'an OpenDocument file',
    'Save it as .xlsx',
  ],
  ['runs.numbers', zip('Index/Document.iwa'), 'a Numbers spreadsheet', 'Save it as .xlsx'],
  ['runs.xlsb', zip('xl/workbook.bin'), 'a binary Excel workbook', 'Save it as .xlsx'],
  ['runs.docx', zip('word/document.xml'), 'a Word document', 'Give the results'],
  [
    'runs.html',
    '\n<!DOCTYPE html>\n<html></html>',
    'an HTML page, which contains no rows',
    'results file',
  ],
  ['runs.xls', '<html xmlns:x="urn:x"><table></table>', 'an HTML page', 'save it as .xlsx or CSV'],
  ['runs.xml', '<?xml version="1.0"?>\n<testsuites/>', 'XML, which is not supported', 'JSON Lines'],
  [
    'runs.jsonl',
    'version https://git-lfs.github.com/spec/v1\noid sha256:1\n',
    'a Git LFS pointer',
    'git lfs pull',
  ],
  [
    'runs.txt',
    '+---+---+\n| q | a |\n+---+---+\n| 1 | 2 |\n',
    'a table drawn with lines',
    'as CSV',
  ],
  ['runs.txt', '┌───┬───┐\n│ q │ a │\n', 'a table drawn with lines', 'as CSV'],
  ['runs.log', 'mysql> select q;\n+---+\n| q |\n+---+\n', 'a table drawn with lines', 'as CSV'],
  ['runs.rst', '===  ===\nq    a\n===  ===\n1    2\n', 'a table drawn with lines', 'as CSV'],
] as const)(
  '%s is named as what it is, with the command that helps',
  async ([name, content, what, help]) => {
    const path = fileOf(content, name);

    await expect(openSources([path], { spoolFolder })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(`${path} is ${what}`),
      hint: expect.stringContaining(help.replace('FILE', path)),
    });
  },
);

test('a name with spaces is quoted in the command', async () => {
  const path = fileOf(magic('425a68'), 'run 7.bz2');

  await expect(openSources([path], { spoolFolder })).rejects.toMatchObject({
    hint: `bzcat '${path}' | ls-record record -`,
  });
});

test.for([
  ['ORC,answer\n1,2\n', ['ORC', 'answer']],
  ['BZh9;b\n1;2\n', ['BZh9', 'b']],
  ['GIF89a\tb\n1\t2\n', ['GIF89a', 'b']],
  ['<q>,<a>\n1,2\n', ['<q>', '<a>']],
] as const)('a table may begin with the letters of a signature: %j', async ([content, columns]) => {
  expect(await (await sourceOf(content)).sample()).toMatchObject({ columns });
});
