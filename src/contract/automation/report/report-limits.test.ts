import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRedactor } from '../../kernel/redact/redact.ts';
import type { Json } from '../../kernel/scalars.ts';
import { fitsTask, keptLine, keptStepOutput, MAX_LOG_CHARS } from './report-limits.ts';

const NONE = createRedactor();
const LINE = { level: 'info', source: 'script', step: null, at: 0 } as const;
/** A JSON value whose text has exactly so many characters. */
const jsonOf = (chars: number): Json => 'x'.repeat(chars - 2);

// Catches a limit that is off by one, or counts the value in place of its JSON.
test.each([
  ['an output', 1_048_576, (chars: number) => fitsTask(jsonOf(chars), JSON.stringify(jsonOf(chars)))],
  ['the output of a step', 16_384, (chars: number) => keptStepOutput(jsonOf(chars)) !== null],
  [
    'the data of a line',
    65_536,
    (chars: number) => typeof keptLine({ ...LINE, message: '', data: jsonOf(chars) }, NONE).data === 'string',
  ],
] as const)('%s is kept up to %i characters of JSON', (_what, limit, isKept) => {
  expect([limit - 1, limit, limit + 1].map(isKept)).toEqual([true, true, false]);
});

test('a line without data gets none, and one with null keeps it', () => {
  expect(keptLine({ ...LINE, message: 'm' }, NONE)).toEqual({ ...LINE, message: 'm' });
  expect(keptLine({ ...LINE, message: 'm', data: null }, NONE)).toEqual({ ...LINE, message: 'm', data: null });
});

// Catches a cut through a surrogate pair, which no UTF-8 file can hold, and a count that does not add up.
test('a long message keeps its beginning, says how much is missing, and fits the limit with that', () => {
  fc.assert(
    fc.property(fc.integer({ min: -2, max: 2 }), fc.nat(2), fc.constantFrom('m', '\u{1f600}'), (more, shift, unit) => {
      const message = `${'m'.repeat(shift)}${unit.repeat(Math.ceil((MAX_LOG_CHARS + more) / unit.length))}`;
      const kept = keptLine({ ...LINE, message }, NONE).message;
      expect(kept.length).toBeLessThanOrEqual(MAX_LOG_CHARS);
      if (message.length <= MAX_LOG_CHARS) {
        expect(kept === message).toBe(true);
        return;
      }
      const [, start = '', missing] = /^(.*)… \((\d+) more characters\)$/su.exec(kept) ?? [];
      expect([kept.isWellFormed(), message.startsWith(start)]).toEqual([true, true]);
      expect(start.length + Number(missing)).toBe(message.length);
      expect(start.length).toBeGreaterThan(MAX_LOG_CHARS - 40);
    }),
  );
});
