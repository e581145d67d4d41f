/**
 * Pictures in PNG files, read row by row: a picture that says it is huge takes no more memory than one of its rows. Format: Portable Network Graphics
 * Specification, third edition (https://www.w3.org/TR/png-3/).
 */

import { pipeline } from 'node:stream';
import { createInflate } from 'node:zlib';
import { MAX_PICTURE } from '../../../../contract/models/analysis.ts';
import { kindOf, type MediaFile, unreadable } from './open.ts';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Rows from above; red, green and blue of each pixel, 8 bits each. Every row is used before the next one is asked for. */
  rows(): AsyncGenerator<Uint8Array, void, void>;
}

/** Bounds of what is read. */
const MAX = { ...MAX_PICTURE, chunks: 100_000 };
const PIECE = 64 * 1024;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const PALETTE_BYTES = 3 * 256;

const HOW = 'Save it as PNG, for example with: magick picture picture.png';
const damaged = () => unreadable('The PNG picture is damaged or incomplete.');

/** Samples of a pixel by its colour type, and the bits that each may have. */
const COLOURS: Readonly<Record<number, { samples: number; bits: readonly number[] }>> = {
  0: { samples: 1, bits: [1, 2, 4, 8, 16] },
  2: { samples: 3, bits: [8, 16] },
  3: { samples: 1, bits: [1, 2, 4, 8] },
  4: { samples: 2, bits: [8, 16] },
  6: { samples: 4, bits: [8, 16] },
};
const PALETTED = 3;

interface Head {
  width: number;
  height: number;
  colour: number;
  bits: number;
  samples: number;
}

function headOf(chunk: Buffer): Head {
  if (chunk.length < 13) throw damaged();
  const [width, height] = [chunk.readUInt32BE(0), chunk.readUInt32BE(4)];
  const [bits = 0, colour = 0, compression, filter, interlace] = chunk.subarray(8, 13);
  const kind = COLOURS[colour];
  if (
    width === 0 ||
    height === 0 ||
    kind === undefined ||
    !kind.bits.includes(bits) ||
    compression !== 0 ||
    filter !== 0
  )
    throw damaged();
  if (width > MAX.side || height > MAX.side || width * height > MAX.pixels)
    throw unreadable(
      `The picture has ${width} × ${height} pixels; at most ${MAX.pixels / 1e6} million, and ${MAX.side} on one side, are read. Make it smaller.`,
    );
  if (interlace !== 0) throw unreadable(`The PNG picture is interlaced, which is not read. Save it without. ${HOW}`);
  return { width, height, colour, bits, samples: kind.samples };
}

interface Chunk {
  name: string;
  at: number;
  length: number;
}

async function* chunksOf(file: MediaFile): AsyncGenerator<Chunk, void, void> {
  for (let at = SIGNATURE.length, count = 0; at + 12 <= file.size; count++) {
    if (count >= MAX.chunks) throw damaged();
    const head = await file.read(at, 8);
    const length = head.readUInt32BE(0);
    if (at + 12 + length > file.size) throw damaged();
    yield { name: head.toString('latin1', 4, 8), at: at + 8, length };
    at += 12 + length;
  }
}

/** Head and palette, which come before the pixels. */
async function beginOf(file: MediaFile): Promise<{ head: Head; palette: Buffer }> {
  const start = await file.read(0, 16);
  if (!start.subarray(0, SIGNATURE.length).equals(SIGNATURE))
    throw unreadable(`This file is ${kindOf(start)}; pictures are read from PNG files. ${HOW}`);
  let head: Head | null = null;
  let palette: Buffer = Buffer.alloc(0);
  for await (const { name, at, length } of chunksOf(file)) {
    if (head === null && name !== 'IHDR') throw damaged();
    if (name === 'IHDR') head = headOf(await file.read(at, Math.min(length, 13)));
    if (name === 'PLTE') palette = await file.read(at, Math.min(length, PALETTE_BYTES));
    if (name === 'IDAT') break;
  }
  if (head === null || (head.colour === PALETTED && palette.length === 0)) throw damaged();
  return { head, palette };
}

async function* packedPixels(file: MediaFile): AsyncGenerator<Buffer, void, void> {
  for await (const { name, at, length } of chunksOf(file))
    for (let from = 0; name === 'IDAT' && from < length; from += PIECE)
      yield await file.read(at + from, Math.min(PIECE, length - from));
}

/** Of the left, upper and upper left neighbour the one that is nearest to what they predict. */
function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

const PREDICTIONS: readonly ((left: number, up: number, corner: number) => number)[] = [
  () => 0,
  (left) => left,
  (_left, up) => up,
  (left, up) => (left + up) >> 1,
  paeth,
];

/** Undoes the prediction of a row in place. @param before the row above it @param step bytes of a pixel, at least 1 */
function unfilter(type: number, row: Buffer, before: Buffer, step: number): void {
  const predict = PREDICTIONS[type];
  if (predict === undefined) throw damaged();
  if (type === 0) return;
  for (let at = 0; at < row.length; at++) {
    const [left, corner] = at < step ? [0, 0] : [row[at - step] ?? 0, before[at - step] ?? 0];
    row[at] = ((row[at] ?? 0) + predict(left, before[at] ?? 0, corner)) & 0xff;
  }
}

/** Transparency is left out: what lies below it is not known. */
function paint(out: Uint8Array, row: Buffer, { width, colour, bits, samples }: Head, palette: Buffer): void {
  const most = 2 ** bits - 1;
  const sample = (index: number): number => {
    if (bits === 8) return row[index] ?? 0;
    if (bits === 16) return row[2 * index] ?? 0;
    const bit = index * bits;
    return ((row[bit >> 3] ?? 0) >> (8 - bits - (bit & 7))) & most;
  };
  const scale = bits < 8 ? 255 / most : 1;
  for (let x = 0; x < width; x++) {
    const value = sample(x * samples);
    for (let part = 0; part < 3; part++) {
      if (colour === PALETTED) out[3 * x + part] = palette[3 * value + part] ?? 0;
      else out[3 * x + part] = samples < 3 ? value * scale : sample(x * samples + part);
    }
  }
}

/** @throws AppError `unprocessable-entity` for what is no PNG file, or one that is too large or cannot be what it says */
export async function openPng(file: MediaFile): Promise<Picture> {
  const { head, palette } = await beginOf(file);
  const { width, height, bits, samples } = head;
  const length = Math.ceil((width * bits * samples) / 8);
  const step = Math.max(1, (bits * samples) >> 3);

  async function* rows(): AsyncGenerator<Uint8Array, void, void> {
    const out = new Uint8Array(3 * width);
    let before = Buffer.alloc(length);
    let row = Buffer.alloc(1 + length);
    let [filled, done] = [0, 0];
    const unpacked = pipeline(packedPixels(file), createInflate({ chunkSize: PIECE }), () => undefined);
    for await (const piece of unpacked as AsyncIterable<Buffer>) {
      for (let at = 0; at < piece.length && done < height; ) {
        const taken = piece.copy(row, filled, at, at + row.length - filled);
        filled += taken;
        at += taken;
        if (filled < row.length) continue;
        const pixels = row.subarray(1);
        unfilter(row[0] ?? 0, pixels, before, step);
        paint(out, pixels, head, palette);
        yield out;
        [before, row, filled] = [pixels, Buffer.alloc(1 + length), 0];
        done += 1;
      }
      // Whatever follows the last row is not unpacked: it may be endless.
      if (done === height) return;
    }
    throw damaged();
  }

  return {
    width,
    height,
    async *rows() {
      try {
        yield* rows();
      } catch (error) {
        throw (error as NodeJS.ErrnoException).code?.startsWith('Z_') === true ? damaged() : error;
      }
    },
  };
}
