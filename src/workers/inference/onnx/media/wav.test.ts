import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { chunk, riff, type Sound, type WavShape, wav, written } from '../../../../../tests/support/models/media.ts';
import { openWindows } from '../speech/windows.ts';
import { withMedia } from './open.ts';
import { openWav } from './wav.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tabagent-wav-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
const saved = (content: Buffer) => written(path.join(folder, `${count++}.wav`), content);

const tone =
  (hertz: number): Sound =>
  (t) =>
    0.5 * Math.sin(2 * Math.PI * hertz * t);

/** All windows of a file at 16 kHz, one after the other. */
const decoded = (content: Buffer, window = 7_000) =>
  withMedia(saved(content), 2 ** 30, async (file) => {
    const recording = await openWav(file);
    const windows = openWindows(recording, 16_000, window);
    const all: number[] = [];
    for (;;) {
      const next = await windows.read();
      if (next.length === 0) return { all, samples: windows.samples };
      all.push(...next);
      windows.advance(next.length);
    }
  });

const worst = (found: readonly number[], wanted: Sound, from = 0, to = found.length) =>
  found.slice(from, to).reduce((most, value, at) => Math.max(most, Math.abs(value - wanted((from + at) / 16_000))), 0);

describe('samples', () => {
  const forms: [Partial<WavShape>, number][] = [
    [{ bits: 8 }, 0.01],
    [{ bits: 16 }, 1e-4],
    [{ bits: 24 }, 1e-6],
    [{ bits: 32 }, 1e-6],
    [{ bits: 32, float: true }, 1e-6],
    [{ bits: 64, float: true }, 1e-6],
    [{ bits: 16, extensible: true, channels: 2 }, 1e-4],
  ];
  // Catches signs of bytes, a wrong end of the numbers, and unknown parts of odd length that shift what follows.
  test.each(forms)('of the form %o are those that were recorded', async (shape, error) => {
    const { all, samples } = await decoded(wav(tone(440), { seconds: 1.5, ...shape }));
    expect([all.length, samples]).toEqual([24_000, 24_000]);
    expect(worst(all, tone(440))).toBeLessThan(error);
  });

  test('of several channels are mixed', async () => {
    const { all } = await decoded(wav([tone(440), tone(880)], { channels: 2 }));
    expect(worst(all, (t) => (tone(440)(t) + tone(880)(t)) / 2)).toBeLessThan(1e-4);
  });

  test('that are no numbers are silence', async () => {
    const { all } = await decoded(
      wav((t) => (t < 0.5 ? Number.NaN : Number.POSITIVE_INFINITY), { bits: 32, float: true }),
    );
    expect(new Set(all)).toEqual(new Set([0]));
  });
});

describe('another rate', () => {
  // Catches a tone that becomes longer or shifts, and seams between pieces.
  test.each([
    8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000,
  ])('of %i keeps what both rates have', async (rate) => {
    const { all } = await decoded(wav(tone(440), { rate, bits: 24, seconds: 2 }));
    expect(all.length).toBe(32_000);
    // At its ends a recording has silence on one side.
    expect(worst(all, tone(440), 400, 31_600)).toBeLessThan(2e-3);
  });

  test('loses what the new one cannot have, instead of making other tones of it', async () => {
    const { all } = await decoded(wav(tone(11_000), { rate: 44_100, bits: 24 }));
    expect(worst(all, () => 0, 400, 15_600)).toBeLessThan(1e-3);
  });
});

describe('files that lie are refused before anything is believed', () => {
  const format = (changes: { tag?: number; channels?: number; rate?: number; frame?: number; bits?: number } = {}) => {
    const { tag = 1, channels = 1, rate = 16_000, frame = 2, bits = 16 } = changes;
    const out = Buffer.alloc(16);
    out.writeUInt16LE(tag, 0);
    out.writeUInt16LE(channels, 2);
    out.writeUInt32LE(rate, 4);
    out.writeUInt16LE(frame, 12);
    out.writeUInt16LE(bits, 14);
    return chunk('fmt ', out);
  };
  const data = (length?: number) => chunk('data', Buffer.alloc(64), length);
  test.each([
    ['more sound than there is', riff(format(), data(2 ** 31)), /incomplete/],
    ['no sound', riff(format(), chunk('data', Buffer.alloc(0))), /empty/],
    ['half a sample', riff(format(), chunk('data', Buffer.alloc(1))), /empty/],
    ['no description', riff(data()), /does not say/],
    ['half a description', riff(chunk('fmt ', Buffer.alloc(8)), data()), /cut off/],
    [
      'a part that is longer than the file',
      riff(format(), chunk('LIST', Buffer.alloc(4), 2 ** 32 - 2), data()),
      /no sound/,
    ],
    ['a huge rate', riff(format({ rate: 2 ** 31 }), data()), /samples a second/],
    ['no rate', riff(format({ rate: 0 }), data()), /samples a second/],
    ['thousands of channels', riff(format({ channels: 65_535, frame: 65_535 }), data()), /channels/],
    ['no channel', riff(format({ channels: 0, frame: 0 }), data()), /channels/],
    ['samples of another size', riff(format({ frame: 4 }), data()), /contradicts/],
    ['compressed samples', riff(format({ tag: 0x55 }), data()), /format 85.*ffmpeg/s],
    ['bits that nothing has', riff(format({ bits: 17 }), data()), /17 bits/],
    [
      'endless parts',
      riff(format(), ...Array.from({ length: 1_100 }, () => chunk('junk', Buffer.alloc(0))), data()),
      /no sound/,
    ],
    ['nothing at all', Buffer.alloc(0), /read from WAV/],
  ])('%s', async (_what, content, words) => {
    await expect(decoded(content)).rejects.toMatchObject({
      slug: 'unprocessable-entity',
      message: expect.stringMatching(words),
    });
  });

  test('but one that does not know its length yet is read to the end of the file', async () => {
    const { all } = await decoded(riff(format(), data(0xffff_ffff)));
    expect(all).toHaveLength(32);
  });

  test('and one with more bytes than are read is refused by its size', async () => {
    const file = saved(riff(format(), data()));
    await expect(withMedia(file, 50, openWav)).rejects.toMatchObject({
      message: expect.stringContaining('at most 50'),
    });
  });
});
