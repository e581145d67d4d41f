import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { RawImage } from '@huggingface/transformers';
import { afterAll, describe, expect, test } from 'vitest';
import {
  PNG_SIGNATURE,
  type Prediction,
  pngChunk,
  pngHead,
  pngOf,
  written,
} from '../../../../../tests/support/models/media.ts';
import { withMedia } from './open.ts';
import { openPng } from './png.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tabagent-png-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;

const seen = (content: Buffer) =>
  withMedia(written(path.join(folder, `${count++}.png`), content), 2 ** 30, async (file) => {
    const picture = await openPng(file);
    const rows: Buffer[] = [];
    for await (const row of picture.rows()) rows.push(Buffer.from(row));
    return { ...picture, pixels: Buffer.concat(rows) };
  });

const [width, height] = [37, 23];
/** Numbers of a row that are hard to predict. */
const row = (length: number) => (y: number) =>
  Buffer.from(Array.from({ length }, (_, at) => (at * at * 7 + y * 31 + ((at * y) >> 2)) & 255));
const palette = Buffer.from(Array.from({ length: 256 }, (_, at) => [at, 255 - at, (at * 37) & 255]).flat());
const all = { prediction: (y: number) => (y % 5) as Prediction };

describe('pixels', () => {
  // Catches predictions that are undone with the wrong neighbour, and samples of other widths.
  test.each([
    ['colours', pngOf([width, height, 8, 2], row(3 * width))],
    ['colours with all predictions', pngOf([width, height, 8, 2], row(3 * width), all)],
    ['colours of 16 bits', pngOf([width, height, 16, 2], row(6 * width), all)],
    [
      'transparency',
      pngOf(
        [width, height, 8, 6],
        (y) => row(4 * width)(y).map((value, at) => (at % 4 === 3 ? 255 : value)) as Buffer,
        all,
      ),
    ],
    ['grey', pngOf([width, height, 8, 0], row(width), all)],
    ['grey of 1 bit', pngOf([width, height, 1, 0], row(Math.ceil(width / 8)), all)],
    ['grey of 2 bits', pngOf([width, height, 2, 0], row(Math.ceil(width / 4)), all)],
    ['grey of 4 bits', pngOf([width, height, 4, 0], row(Math.ceil(width / 2)), all)],
    ['a palette of 256', pngOf([width, height, 8, 3], row(width), { ...all, palette })],
    [
      'a palette of 16',
      pngOf([width, height, 4, 3], row(Math.ceil(width / 2)), { ...all, palette: palette.subarray(0, 48) }),
    ],
    ['a palette of 2', pngOf([width, height, 1, 3], row(Math.ceil(width / 8)), { palette: palette.subarray(0, 6) })],
    ['colours in many parts', pngOf([width, height, 8, 2], row(3 * width), { ...all, part: 50 })],
  ])('of %s are those of another decoder', async (_what, content) => {
    const wanted = (await RawImage.fromBlob(new Blob([new Uint8Array(content)]))).rgb();
    const found = await seen(content);
    expect([found.width, found.height]).toEqual([width, height]);
    expect(found.pixels.equals(Buffer.from(wanted.data))).toBe(true);
  });

  test('leave transparency out', async () => {
    const { pixels } = await seen(pngOf([1, 1, 8, 6], () => Buffer.from([1, 2, 3, 0])));
    expect([...pixels]).toEqual([1, 2, 3]);
  });
});

describe('files that lie are refused before anything is believed', () => {
  const file = (...parts: Buffer[]) => Buffer.concat([PNG_SIGNATURE, ...parts, pngChunk('IEND', Buffer.alloc(0))]);
  const some = pngChunk('IDAT', deflateSync(Buffer.alloc(100)));
  test.each([
    ['a huge side', file(pngHead(2 ** 31, 1), some), /2147483648 × 1 pixels/],
    ['too many pixels', file(pngHead(30_000, 30_000), some), /at most 100 million/],
    ['no pixels', file(pngHead(0, 5), some), /damaged/],
    ['a colour that nothing has', file(pngHead(5, 5, 8, 7), some), /damaged/],
    ['bits that the colour has not', file(pngHead(5, 5, 16, 3), some), /damaged/],
    ['a palette that is not there', file(pngHead(5, 5, 8, 3), some), /damaged/],
    ['interlacing', file(pngHead(5, 5, 8, 2, 1), some), /interlaced.*magick/s],
    ['fewer rows than it says', file(pngHead(30, 30), some), /damaged/],
    ['rows that are no packed bytes', file(pngHead(5, 5), pngChunk('IDAT', Buffer.alloc(50, 7))), /damaged/],
    [
      'a prediction that nothing has',
      file(pngHead(5, 5), pngChunk('IDAT', deflateSync(Buffer.alloc(100, 9)))),
      /damaged/,
    ],
    ['a part that is longer than the file', file(pngHead(5, 5), some).subarray(0, -30), /damaged/],
    ['something before its head', file(some, pngHead(5, 5)), /damaged/],
    ['a JPEG', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(50)]), /a JPEG picture.*magick/s],
    ['nothing at all', Buffer.alloc(0), /read from PNG/],
  ])('%s', async (_what, content, words) => {
    await expect(seen(content)).rejects.toMatchObject({
      slug: 'unprocessable-entity',
      message: expect.stringMatching(words),
    });
  });

  // Catches a picture that unpacks to gigabytes behind its last row.
  test('what follows the last row is not unpacked', async () => {
    const row = Buffer.alloc(16);
    const bomb = deflateSync(Buffer.concat([row, Buffer.alloc(64 * 1024 * 1024)]));
    const before = process.memoryUsage().arrayBuffers;
    const { pixels } = await seen(file(pngHead(5, 1), pngChunk('IDAT', bomb)));
    expect(pixels).toHaveLength(15);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  });
});
