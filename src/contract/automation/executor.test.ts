import { expect, test } from 'vitest';
import { FromExecutor } from './executor.ts';

const LONG = 'x'.repeat(1_000_000);
const error = { type: LONG, title: LONG, status: 500, detail: LONG, code: LONG, stack: LONG };

// Catches a text that goes from a script into rows, events and an index, millions of characters long.
test.each([
  { t: 'progress', percent: 1, message: LONG },
  { t: 'step_start', seq: 1, parent: null, name: LONG, at: 1 },
  { t: 'step_end', seq: 1, status: 'failed', output: null, error, at: 1 },
  { t: 'artifact', kind: 'output', name: LONG, mime: LONG, file: 'a' },
  { t: 'result', ok: false, outcome: 'failed', error, retryable: false, exit_code: 1 },
])('what an executor reports is short: $t', (message) => {
  const parsed = FromExecutor.parse(message);
  expect(JSON.stringify(parsed).length).toBeLessThan(140_000);
  expect(parsed.t).toBe(message.t);
});

test('a path is refused rather than cut', () => {
  const message = { t: 'artifact', kind: 'output', name: 'a', mime: 'b', file: LONG };
  expect(FromExecutor.safeParse(message).success).toBe(false);
});
