import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  extentOf,
  liveEnd,
  type Move,
  moved,
  offsetLabel,
  percentOf,
  placeOf,
  type Range,
  rangeLabel,
  SHORTEST_MS,
  ticksOf,
} from './timeline-range.ts';

const range = (from: number, to: number): Range => ({ from, to });
const ranges = fc
  .tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: SHORTEST_MS, max: 1e9 }))
  .map(([from, length]) => range(from, from + length));
const moves = fc.oneof(
  fc.record({
    type: fc.constant('zoom' as const),
    factor: fc.double({ min: 0.1, max: 10, noNaN: true }),
    at: fc.integer({ min: -1e9, max: 1e9 }),
  }),
  fc.record({ type: fc.constant('pan' as const), share: fc.double({ min: -2, max: 2, noNaN: true }) }),
  fc.record({ type: fc.constant('show' as const), range: ranges }),
  fc.record({ type: fc.constant('fit' as const) }),
);

// Would catch: a zoom or pan that leaves the task's time, turns around, or ends in a range of no length.
test('whatever the user does, the range stays inside the limits and has a length', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e7 }),
      fc.integer({ min: SHORTEST_MS, max: 1e7 }),
      fc.array(moves, { maxLength: 20 }),
      (wait, length, all) => {
        const extent = extentOf(1e6 - wait, 1e6, 1e6 + length);
        let state: Range | null = null;
        for (const move of all) {
          state = moved(state, move as Move, extent);
          const { from, to } = state ?? extent.home;
          expect(to - from).toBeGreaterThan(SHORTEST_MS - 0.01);
          expect(from).toBeGreaterThanOrEqual(extent.limits.from - 0.01);
          expect(to).toBeLessThanOrEqual(extent.limits.to + 0.01);
        }
      },
    ),
  );
});

// Would catch: the bar under the pointer or the chosen row jumping away while zooming.
test('zooming keeps its moment in place; a moment off the axis comes into the middle', () => {
  const extent = extentOf(0, 0, 1_000);
  const once = moved(null, { type: 'zoom', factor: 0.5, at: 250 }, extent);
  expect(once).toEqual(range(125, 625));
  expect(percentOf(250, once ?? extent.home)).toBe(25);
  expect(moved(range(0, 100), { type: 'zoom', factor: 0.5, at: 500 }, extent)).toEqual(range(475, 525));
});

// Would catch: zooming out that needs one key too many, or that can never show the whole wait.
test('zooming out stops at the range the task has by itself, and goes on to the whole wait with the next', () => {
  const extent = extentOf(-10_000, 0, 1_000);
  expect(extent.home).toEqual(range(-250, 1_000));
  const out: Move = { type: 'zoom', factor: 2, at: 500 };
  expect(moved(range(100, 900), out, extent)).toBeNull();
  expect(moved(null, { ...out, factor: 100 }, extent)).toEqual(extent.limits);
  expect(moved(range(100, 900), { type: 'fit' }, extent)).toBeNull();
  expect(moved(null, { type: 'pan', share: -0.5 }, extent)).toEqual(range(-875, 375));
  expect(moved(range(0, 500), { type: 'pan', share: 9 }, extent)).toEqual(range(500, 1_000));
});

// Would catch: bars drawn outside the track, a cut bar that looks whole, a whole bar that looks cut.
test('a bar is clipped to the range and says where it was cut', () => {
  const shown = range(100, 200);
  expect(placeOf(range(50, 150), shown)).toEqual({ left: 0, width: 50, cutLeft: true, cutRight: false });
  expect(placeOf(range(150, 250), shown)).toEqual({ left: 50, width: 50, cutLeft: false, cutRight: true });
  expect(placeOf(range(0, 900), shown)).toEqual({ left: 0, width: 100, cutLeft: true, cutRight: true });
  expect(placeOf(range(100, 200), shown)).toEqual({ left: 0, width: 100, cutLeft: false, cutRight: false });
  expect(placeOf(range(100, 100), shown)).toMatchObject({ left: 0, width: 0 });
  expect(placeOf(range(0, 100), shown)).toBe('before');
  expect(placeOf(range(200, 300), shown)).toBe('after');
  fc.assert(
    fc.property(ranges, ranges, (bar, view) => {
      const place = placeOf(bar, view);
      if (typeof place === 'string') return;
      expect(place.left).toBeGreaterThanOrEqual(0);
      expect(place.width).toBeGreaterThanOrEqual(0);
      expect(place.left + place.width).toBeLessThan(100.000_001);
    }),
  );
});

// Would catch: an axis that is laid out again with every tick of the clock, or that the now line runs off.
test('the axis of a live task ends after now, with little room, and moves seldom', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e10 }), (elapsed) => {
      const end = liveEnd(0, elapsed);
      expect(end).toBeGreaterThan(elapsed);
      expect(end).toBeLessThanOrEqual(Math.max(4_000, elapsed * 1.25));
      expect(liveEnd(0, end - 1)).toBe(end);
    }),
  );
});

// Would catch: two ticks with the same words, ticks outside the axis, too many of them for the room.
test('ticks are round, few, inside, and tell apart what they stand for', () => {
  fc.assert(
    fc.property(ranges, fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 1, max: 12 }), (view, zero, most) => {
      const ticks = ticksOf(view, zero, most);
      expect(ticks.length).toBeLessThanOrEqual(most + 1);
      expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
      for (const { left } of ticks) {
        expect(left).toBeGreaterThanOrEqual(0);
        expect(left).toBeLessThan(100.000_001);
      }
    }),
  );
  expect(ticksOf(range(1_000, 3_000), 1_000, 4)).toEqual([
    { left: 0, label: '0' },
    { left: 25, label: '500 ms' },
    { left: 50, label: '1.0 s' },
    { left: 75, label: '1.5 s' },
    { left: 100, label: '2.0 s' },
  ]);
});

// Would catch: units that hide the difference between two ticks, or that nobody can read.
test('labels are as exact as the step between them', () => {
  expect(offsetLabel(250, 50)).toBe('250 ms');
  expect(offsetLabel(12_340, 20)).toBe('12.34 s');
  expect(offsetLabel(65_000, 5_000)).toBe('1 m 05 s');
  expect(offsetLabel(65_250, 50)).toBe('1 m 05.25 s');
  expect(offsetLabel(120_000, 60_000)).toBe('2 m');
  expect(offsetLabel(3_600_000, 600_000)).toBe('1 h 00 m');
  expect(offsetLabel(7_800_000, 600_000)).toBe('2 h 10 m');
  expect(offsetLabel(90_000_000, 86_400_000)).toBe('1 d');
  expect(offsetLabel(-3_000, 1_000)).toBe('−3 s');
  expect(rangeLabel(range(1_200, 3_400), 0)).toBe('1.20 s – 3.40 s');
});
