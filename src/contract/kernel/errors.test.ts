import { expect, test } from 'vitest';
import { framesOf } from './errors.ts';

// Would catch: a message that is read twice, once by itself and once as the head of its stack.
test('a stack is shown without the message that stands above it, whatever its shape', () => {
  const detail = 'TypeError: first\nsecond';
  expect(framesOf({ detail, stack: `${detail}\n    at script.ts:1:2\n    at script.ts:9:1` })).toBe(
    'at script.ts:1:2\nat script.ts:9:1',
  );
  expect(framesOf({ detail, stack: 'at elsewhere' })).toBe('at elsewhere');
  expect(framesOf({ detail, stack: detail })).toBeNull();
  expect(framesOf({ detail })).toBeNull();
});
