import { expect, test } from 'vitest';
import { createLog } from './native.ts';

// Catches a failure that is explained with what the library said of another model.
test('the log of a load is its own, and nothing when two models were loaded at the same time', () => {
  const log = createLog();
  const first = log.listen();
  log.add('first \u001b[2J\n');
  expect(first()).toBe('first  [2J');
  const second = log.listen();
  log.add('second');
  const third = log.listen();
  log.add('third');
  expect([second(), third()]).toEqual(['', '']);
  const fourth = log.listen();
  expect(fourth()).toBe('');
});
