import { expect, test } from 'vitest';
import { liftOver } from './corner.ts';

const box = (left: number, top: number, width: number, height: number) => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
});
const toast = box(424, 700, 360, 60);

// Catches a message over the button that is pressed next.
test('a stack goes up until nothing that is kept clear is below it, and no further', () => {
  expect(liftOver(toast, [])).toBe(0);
  expect(liftOver(toast, [box(0, 700, 400, 60)])).toBe(0);
  const send = box(700, 720, 60, 24);
  expect(liftOver(toast, [send])).toBe(48);
  // A second row that it would meet on its way.
  expect(liftOver(toast, [box(500, 640, 80, 28), send])).toBe(128);
  expect(liftOver(toast, [send, box(500, 640, 80, 28)])).toBe(128);
  // Far above it: passed by none.
  expect(liftOver(toast, [box(700, 60, 80, 28), send])).toBe(48);
});

// Catches a message that leaves the window.
test('a stack for which there is no room stays where it is', () => {
  expect(liftOver(toast, [box(0, 50, 800, 700)])).toBe(0);
});
