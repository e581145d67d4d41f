import { expect, test } from 'vitest';
import { FromExecutor } from './executor.ts';

test('a path is refused rather than cut', () => {
  const message = { t: 'artifact', kind: 'output', name: 'a', mime: 'b', file: 'x'.repeat(1_000_000) };
  expect(FromExecutor.safeParse(message).success).toBe(false);
});
