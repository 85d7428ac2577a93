/** The table that the bench prints. */

const COLUMNS = [46, 16, 16, 8, 8, 6];
/** Of another build. */
const OTHER_COLUMNS = [16, 8];

/**
 * @param measured our number and the one it is held `against`; `words` show each in place of #.
 * @param wanted the least that their ratio may be, or where it is `most` the greatest.
 */
export function line(what, measured, against, words, wanted) {
  const show = (value) => words.replace('#', showNumber(value));
  const ratio = measured / against;
  const isMet = 'most' in wanted ? ratio <= wanted.most : ratio >= wanted.least;
  const bound = 'most' in wanted ? `≤ ${wanted.most}` : `≥ ${wanted.least}`;
  const cells = [show(measured), show(against), ratio.toFixed(2), bound, isMet ? 'met' : 'MISSED'];
  return { what, measured, cells, isMet };
}

/** A figure that nothing is held against: for comparing builds, processor time is steadier than speed. */
export function processorTime({ cpuSeconds, rows }) {
  const measured = (cpuSeconds * 1e6) / rows;
  const cells = [`${showNumber(measured)} µs`, '', '', '', ''];
  return { what: '… processor a row', measured, cells, isMet: true };
}

export function rate(what, ours, theirs, least) {
  return line(what, perSecond(ours), perSecond(theirs), '# rows/s', { least });
}

const perSecond = ({ rows, seconds }) => rows / seconds;

export function showNumber(value) {
  return value < 100 && !Number.isInteger(value)
    ? value.toFixed(1)
    : Math.round(value).toLocaleString('en');
}

export function printHead(hasOther) {
  const names = ['ls-record', 'against', 'ratio', 'wanted', ''];
  printCells('', [...names, ...(hasOther ? ['other build', 'ls : it'] : [])]);
  printCells(
    '',
    [...COLUMNS.slice(1), ...(hasOther ? OTHER_COLUMNS : [])].map((n) => '─'.repeat(n)),
  );
}

/** @param other the same line of another build. */
export function printLine({ what, measured, cells }, other) {
  const compared = other ? [other.cells[0], (measured / other.measured).toFixed(2)] : [];
  printCells(what, [...cells, ...compared]);
}

function printCells(what, cells) {
  const [first, ...widths] = [...COLUMNS, ...OTHER_COLUMNS];
  console.log([what.padEnd(first), ...cells.map((cell, n) => cell.padStart(widths[n]))].join('  '));
}
