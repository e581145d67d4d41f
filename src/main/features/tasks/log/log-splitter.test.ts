import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LOG_MARK } from '../../../../contract/automation/executor.ts';
import { MAX_LOG_CHARS } from '../../../../contract/automation/report/report-limits.ts';
import { createRedactor } from '../../../../contract/kernel/redact/redact.ts';
import { createLineSplitter } from './log-splitter.ts';

const redactor = createRedactor(['hunter2-secret']);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe('lines', () => {
  const split = (chunks: Buffer[], secrets = redactor) => {
    const out: string[] = [];
    const splitter = createLineSplitter(secrets, {
      structured: (line) => out.push(`S:${line.message}`),
      raw: (text) => out.push(text),
    });
    for (const chunk of chunks) splitter.push(chunk);
    splitter.end();
    return out;
  };
  /** Cuts bytes at the given places. */
  const cutAt = (bytes: Buffer, cuts: number[]) => {
    const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
    return [...places, bytes.length].map((end, i) => bytes.subarray(places[i - 1] ?? 0, end));
  };

  test('come out the same however the bytes are cut, multi-byte characters and secrets included', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('my hunter2-secret here')), { maxLength: 20 }),
        fc.array(fc.nat(), { maxLength: 10 }),
        (texts, cuts) => {
          const lines = texts.map((text) => text.replace(/[\n\r]/g, ' ').replaceAll(LOG_MARK, ''));
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          const out = split(cutAt(bytes, cuts));
          expect(out).toEqual(lines.map((line) => redactor.text(line.toWellFormed())));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('of any length are split at 64 Ki characters, and a secret across a cut is still redacted', () => {
    const secret = 'hunter2-secret';
    for (const place of [MAX_LOG_CHARS - 5, 2 * MAX_LOG_CHARS - 7, 4 * MAX_LOG_CHARS - 3, 4 * MAX_LOG_CHARS - 9]) {
      const text = `${'ü'.repeat(place)}${secret}${'e'.repeat(6 * MAX_LOG_CHARS)}`;
      const bytes = Buffer.from(text);
      const chunks = upTo(Math.ceil(bytes.length / 65_536)).map((n) => bytes.subarray((n - 1) * 65_536, n * 65_536));
      const out = split(chunks);
      expect(out.every((line) => line.length <= MAX_LOG_CHARS)).toBe(true);
      expect(out.join('')).toBe(text.replace(secret, '[redacted]'));
    }
  });

  test('without an end are passed on, and a secret of 64 KiB across the cuts is still redacted', () => {
    const secret = '"s3cr3t" '.repeat(7281);
    const text = `${'x'.repeat(300_000)}${JSON.stringify(secret).slice(1, -1)}${'€'.repeat(9_000_000)}`;
    const bytes = Buffer.from(text);
    const chunks = upTo(Math.ceil(bytes.length / 262_144)).map((n) => bytes.subarray((n - 1) * 262_144, n * 262_144));
    const out = split(chunks, createRedactor([secret])).join('');
    expect(out === `${'x'.repeat(300_000)}[redacted]${'€'.repeat(9_000_000)}`).toBe(true);
  });

  // Would catch: a character that is broken where the head of a long line is passed on before its end has come.
  test.each([
    '→',
    '😀',
    'aé',
    'e\u0301',
  ])('made of %s stay whole when their head is passed on in the middle of a character', (unit) => {
    const text = `x${unit.repeat(300_000)}`;
    const bytes = Buffer.from(text);
    for (const size of [65_536, 65_537, 65_539]) {
      const chunks = upTo(Math.ceil(bytes.length / size)).map((n) => bytes.subarray((n - 1) * size, n * size));
      expect(split(chunks).join('') === text, `chunks of ${size}`).toBe(true);
    }
  });

  test('with a mark that is no valid structured line are kept as text', () => {
    expect(split([Buffer.from(`${LOG_MARK}{"level":"info"}\n`)])).toEqual([`${LOG_MARK}{"level":"info"}`]);
  });
});
