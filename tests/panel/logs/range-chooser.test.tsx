/** Choosing a time range of the log by keys. */
import { fireEvent, render, screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { bucketsOf } from '../../../src/renderer/features/logs/log-buckets.ts';
import { RangeChooser } from '../../../src/renderer/features/logs/range-chooser.tsx';
import type { LogLevel } from '../../../src/renderer/lib/log/ring.ts';
import type { TimeRange } from '../../../src/renderer/lib/log/time-range.ts';

/** One line each second of `seconds`, every tenth an error; slots of a second while there are up to 60. */
const lines = (seconds: number, from = 0) => {
  const rows = Array.from({ length: seconds }, (_, second) => ({
    at: (from + second) * 1_000,
    level: (second % 10 === 0 ? 'error' : 'info') as LogLevel,
  }));
  return { length: rows.length, at: (index: number) => rows[index] };
};

function show(range: TimeRange | null = null, rows = lines(60)) {
  const onRange = vi.fn<(range: TimeRange | null) => void>();
  const element = (of: ReturnType<typeof lines>) => (
    <RangeChooser buckets={bucketsOf(of, range)} missing={null} range={range} onRange={onRange} />
  );
  const { rerender } = render(element(rows));
  const slider = screen.getByRole('slider');
  return {
    onRange,
    at: () => Number(slider.getAttribute('aria-valuenow')),
    text: () => slider.getAttribute('aria-valuetext') ?? '',
    /** @returns whether the key was used, so that the page does not scroll or act with it */
    press: (key: string, more: object = {}) => !fireEvent.keyDown(slider, { key, ...more }),
    become: (of: ReturnType<typeof lines>) => rerender(element(of)),
  };
}

// Catches a caret that leaves the bars, and keys that scroll the page or are taken from others.
test('the caret moves by one and by ten, stays on the bars, and leaves other keys alone', () => {
  const { at, press } = show();
  expect(at()).toBe(59);
  const moves: [string, number][] = [
    ['ArrowRight', 59],
    ['ArrowLeft', 58],
    ['PageUp', 48],
    ['Home', 0],
    ['ArrowLeft', 0],
    ['PageDown', 10],
    ['End', 59],
  ];
  for (const [key, slot] of moves) {
    expect(press(key), key).toBe(true);
    expect(at(), key).toBe(slot);
  }
  for (const modifier of ['ctrlKey', 'metaKey', 'altKey']) expect(press('ArrowLeft', { [modifier]: true })).toBe(false);
  for (const key of ['x', 'Tab', 'Escape']) expect(press(key), key).toBe(false);
  expect(at()).toBe(59);
});

// Catches a selection that leaves out its first or last bar, or one that can grow in one direction only.
test('Shift selects in both directions, and Enter takes the bars from edge to edge', () => {
  const { onRange, press, text } = show();
  press('Home');
  for (let step = 0; step < 12; step += 1) press('ArrowRight');
  press('ArrowRight', { shiftKey: true });
  press('ArrowRight', { shiftKey: true });
  expect(text()).toMatch(/ – .*, 3 lines, 0 errors$/);
  for (let step = 0; step < 4; step += 1) press('ArrowLeft', { shiftKey: true });
  expect(text(), 'over the place where it began').toMatch(/ – .*, 3 lines, 1 error$/);
  press('Enter');
  // 60 slots over the first line to just after the last, 59 001 ms, hence the edges in between.
  const [chosen] = onRange.mock.calls[0] ?? [];
  expect(chosen).toEqual({ from: Math.ceil(10 * 1_000), to: Math.ceil(13 * 1_000) });
  expect(text(), 'nothing is selected any more').not.toContain(' – ');
});

// Catches Enter that does nothing without a selection.
test('Enter without a selection takes the bar under the caret', () => {
  const { onRange, press } = show();
  press('Home');
  press('Enter');
  expect(onRange).toHaveBeenCalledExactlyOnceWith({ from: 0, to: 1_000 });
});

// Catches Escape that leaves the range while something is still selected, or is taken when there is nothing to leave.
test('Escape gives up the selection first, then the range', () => {
  const { onRange, press, text } = show({ from: 0, to: 60_000 });
  press('ArrowLeft', { shiftKey: true });
  expect(text()).toContain(' – ');
  expect(press('Escape')).toBe(true);
  expect(text()).not.toContain(' – ');
  expect(onRange).not.toHaveBeenCalled();
  expect(press('Escape')).toBe(true);
  expect(onRange).toHaveBeenCalledExactlyOnceWith(null);
});

// Catches a caret that stays at its bar while the log goes on, and so wanders to other lines.
test('the caret stays at its moment when new lines move the bars', () => {
  const { at, press, become, text } = show();
  press('Home');
  for (let step = 0; step < 30; step += 1) press('ArrowRight');
  const before = text().slice(0, 8);
  become(lines(120));
  expect(at()).toBe(15);
  expect(Math.abs(Date.parse(`1970-01-01T${text().slice(0, 8)}`) - Date.parse(`1970-01-01T${before}`))).toBeLessThan(
    2_000,
  );
  press('End');
  press('ArrowRight');
  become(lines(240));
  expect(at(), 'the end of before, not a moment that has not been yet').toBe(29);
});

// Catches bars that look complete although the older lines of their time have not come yet.
test('what is not loaded yet is marked over its share of the axis', () => {
  const buckets = bucketsOf(lines(30, 30), { from: 0, to: 60_000 });
  render(<RangeChooser buckets={buckets} missing={30_000} range={buckets} onRange={() => undefined} />);
  expect(screen.getByTitle(/not loaded yet/).style.width).toBe('50%');
});
