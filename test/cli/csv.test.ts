import { describe, expect, test } from 'vitest';
import { loadCsvWriter } from '../../src/cli/screen/csv.js';

const line = await loadCsvWriter();

describe('a line of CSV', () => {
  test('quotes what has a comma, a quote or a line break', () => {
    expect(line(['a,b', 'say "x"', 'two\nlines', '', 'ü 東京'])).toBe(
      '"a,b","say ""x""","two\nlines",,ü 東京',
    );
  });

  const SIGNS = [...'=+-@＝＋－＠﹦﹢﹣﹫'];
  /** One of each kind that no spreadsheet shows: spaces, joiners, fillers, marks of direction. */
  const UNSEEN = [
    '',
    ' ',
    '\t',
    '\r',
    '\n',
    '\u00a0',
    '\u00ad',
    '\u200b',
    '\u200d',
    '\u202e',
    '\u2060',
    '\u2800',
  ];
  UNSEEN.push('\u3000', '\u3164', '\ufe0f', '\ufeff', '\u{e0020}', '\u0000', '\u200b \ufeff');
  test.for(UNSEEN.flatMap((unseen) => SIGNS.map((sign) => `${unseen}${sign}1+1`)))(
    'keeps a spreadsheet from running %j',
    (cell) => {
      expect(line([cell]).replace(/^"/, '')).toMatch(/^'/);
    },
  );

  test.for(['=1+1', '+cmd|x', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '- a list'])(
    'keeps a spreadsheet from running %j',
    (cell) => {
      expect(line([cell]).replace(/^"/, '')).toMatch(/^'/);
    },
  );

  test.for(['-5', '+1', '-0.25', '1e5', '-1.5E-7', 'a=1', '.5'])('leaves %j as it is', (cell) => {
    expect(line([cell])).toBe(cell);
  });
});
