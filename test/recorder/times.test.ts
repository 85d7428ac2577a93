import { describe, expect, test } from 'vitest';
import { parseTime } from '../../src/langsmith/time.js';
import { type RowTimes, TimeRangeTally } from '../../src/prepare/time-range.js';
import { CLOUD_WINDOW_US, Timeline } from '../../src/recorder/times.js';

const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;
const NOW = parseTime('2026-06-01T12:00:00.000000Z');

function timelineOf(
  rows: RowTimes[],
  options: { changed?: number; windowUs?: number; keep?: boolean } = {},
) {
  const range = new TimeRangeTally();
  for (const row of rows) range.add(row);
  const timeline = new Timeline(range, {
    nowUs: () => NOW,
    examplesChangedUs: options.changed ?? NOW - HOUR,
    windowUs: options.windowUs ?? CLOUD_WINDOW_US,
    keep: options.keep ?? false,
  });
  return { timeline, range, placed: rows.map((row, index) => timeline.place(index, row)) };
}

const at = (agoUs: number, lastsUs = SECOND): RowTimes => ({
  startTime: NOW - agoUs - lastsUs,
  endTime: NOW - agoUs,
});

describe('times', () => {
  test('are kept when they are young and after the examples', () => {
    const { placed } = timelineOf([at(60 * SECOND), at(30 * SECOND)]);

    expect(placed).toEqual([
      { start: NOW - 61 * SECOND, end: NOW - 60 * SECOND },
      { start: NOW - 31 * SECOND, end: NOW - 30 * SECOND },
    ]);
  });

  test('of an old file are all shifted by one duration, so that the last row ends now', () => {
    const { placed, timeline } = timelineOf([at(1000 * HOUR + 5 * SECOND), at(1000 * HOUR)]);

    expect(timeline.mode.kind).toBe('shift');
    expect(placed.map(({ start, end }) => [start, end])).toEqual([
      [NOW - 6 * SECOND, NOW - 5 * SECOND],
      [NOW - SECOND, NOW],
    ]);
    expect(placed[0]?.original).toEqual({
      start: NOW - 1000 * HOUR - 6 * SECOND,
      end: NOW - 1000 * HOUR - 5 * SECOND,
    });
  });

  test('that no shift can save are moved to the present row by row, each keeping its duration', () => {
    const rows = [at(2000 * HOUR, 3 * SECOND), at(1000 * HOUR, 7 * SECOND)];
    const { placed, timeline } = timelineOf(rows, { changed: NOW });

    expect(timeline.mode.kind).toBe('rebase');
    expect(placed.map(({ start, end }) => end - start)).toEqual([3 * SECOND, 7 * SECOND]);
    expect(placed.map(({ end }) => end)).toEqual([NOW + 1000, NOW + 1001]);
    expect(placed[1]?.original).toEqual({ start: rows[1]?.startTime, end: rows[1]?.endTime });
  });

  test('before the examples changed are not kept, since such runs would not be shown', () => {
    const { placed } = timelineOf([at(60 * SECOND)], { changed: NOW - 10 * SECOND });

    expect(placed[0]?.end).toBeGreaterThanOrEqual(NOW - 10 * SECOND);
  });

  test('are kept however old on request', () => {
    const row = at(90_000 * HOUR);
    const { placed } = timelineOf([row], { keep: true, windowUs: Number.POSITIVE_INFINITY });

    expect(placed).toEqual([{ start: row.startTime, end: row.endTime }]);
  });

  test('of a row longer than the window are cut, and the true ones reported', () => {
    const { placed } = timelineOf([at(500 * HOUR, 30 * HOUR)]);

    expect((placed[0]?.end ?? 0) - (placed[0]?.start ?? 0)).toBe(CLOUD_WINDOW_US);
    expect(placed[0]?.original).toBeDefined();
  });

  test('of rows that name none follow from their latency, at the present', () => {
    const { placed } = timelineOf([{ latencyUs: 2 * SECOND }, {}]);

    expect(placed.map(({ start, end }) => end - start)).toEqual([2 * SECOND, 0]);
    expect(placed[0]?.end).toBeGreaterThan(NOW);
    expect(placed[0]?.original).toBeUndefined();
  });

  test('made of a start or an end alone are completed by the latency', () => {
    const start = NOW - 60 * SECOND;
    const { placed } = timelineOf([
      { startTime: start, latencyUs: SECOND },
      { endTime: start, latencyUs: SECOND },
      { startTime: start },
    ]);

    expect(placed).toEqual([
      { start, end: start + SECOND },
      { start: start - SECOND, end: start },
      { start, end: start },
    ]);
  });

  test.for([
    ['kept', [at(60 * SECOND)], {}],
    ['shifted', [at(1000 * HOUR), at(1001 * HOUR)], {}],
    ['moved', [at(2000 * HOUR), at(1000 * HOUR)], { changed: NOW }],
    ['absent', [{ latencyUs: SECOND }], {}],
  ] as const)(
    'that are %s lie between the earliest and the latest that are foreseen',
    ([, rows, options]) => {
      const { timeline, range, placed } = timelineOf([...rows], options);

      for (const { start, end } of placed) {
        expect(start).toBeGreaterThanOrEqual(timeline.earliest(range));
        expect(end).toBeLessThanOrEqual(timeline.latest(range, rows.length));
      }
    },
  );
});
