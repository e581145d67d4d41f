import { expect, test } from 'vitest';
import { createIntake } from './intake.ts';

const MIB = 1024 * 1024;

// Would catch: a caller that fills the memory of the host with large requests, which wait for their turn one by one.
test('large requests of a caller, and of all, are bounded until they are answered', () => {
  const intake = createIntake();
  const first = intake.take('a', 32 * MIB);
  intake.take('a', 32 * MIB);
  expect(() => intake.take('a', MIB)).toThrow('Too many large requests');
  expect(() => intake.take('a', 1000)).not.toThrow();
  first();
  first();
  intake.take('a', 32 * MIB);
  expect(() => intake.take('a', MIB)).toThrow('Too many large requests');
  for (const caller of ['b', 'c', 'd']) intake.take(caller, 64 * MIB);
  expect(() => intake.take('e', 8 * MIB)).toThrow('Too many large requests');
  intake.take('e', 4 * MIB);
  expect(() => intake.take('e', MIB)).toThrow('Too many large requests');
});
