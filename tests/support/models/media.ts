/** Recordings and pictures that tests write. */
import { writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

/** A sound by its time in seconds, from -1 to 1. */
export type Sound = (seconds: number) => number;

/** A tone that changes, with some noise in it: no two windows of it are the same. */
export const babble =
  (seed = 1): Sound =>
  (t) =>
    0.4 *
      Math.sin(2 * Math.PI * (200 + 60 * Math.sin(3 * t + seed)) * t) *
      (0.6 + 0.4 * Math.sin(2 * Math.PI * 2.3 * t)) +
    0.05 * Math.sin(1e5 * Math.sin(t * 917.3 * seed));

export interface WavShape {
  rate: number;
  channels: number;
  bits: 8 | 16 | 24 | 32 | 64;
  float: boolean;
  seconds: number;
  /** The form with a second description of the samples. */
  extensible: boolean;
}
const USUAL: WavShape = { rate: 16_000, channels: 1, bits: 16, float: false, seconds: 1, extensible: false };

function writeSample(out: Buffer, at: number, value: number, { bits, float }: WavShape): void {
  const whole = Math.round(value * (2 ** (bits - 1) - 1));
  if (float && bits === 32) out.writeFloatLE(value, at);
  else if (float) out.writeDoubleLE(value, at);
  else if (bits === 8) out.writeUInt8(whole + 128, at);
  else out.writeIntLE(whole, at, bits / 8);
}

/** @param sounds one for each channel, or one for all */
export function wav(sounds: Sound | readonly Sound[], changes: Partial<WavShape> = {}): Buffer {
  const shape = { ...USUAL, ...changes };
  const { rate, channels, bits, float, seconds, extensible } = shape;
  const all = typeof sounds === 'function' ? Array<Sound>(channels).fill(sounds) : sounds;
  const count = Math.round(rate * seconds);
  const width = bits / 8;
  const content = Buffer.alloc(count * channels * width);
  for (let frame = 0; frame < count; frame++)
    for (const [channel, sound] of all.entries())
      writeSample(content, (frame * channels + channel) * width, sound(frame / rate), shape);
  const format = Buffer.alloc(extensible ? 40 : 16);
  const tag = float ? 3 : 1;
  format.writeUInt16LE(extensible ? 0xfffe : tag, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE((rate * channels * bits) / 8, 8);
  format.writeUInt16LE((channels * bits) / 8, 12);
  format.writeUInt16LE(bits, 14);
  if (extensible) format.writeUInt16LE(tag, 24);
  // A chunk that nobody knows, of odd length.
  return riff(chunk('fmt ', format), chunk('LIST', Buffer.from('abc')), chunk('data', content));
}

/** @param length what it says of its length, instead of the truth */
export function chunk(name: string, content: Buffer, length = content.length): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}

export function riff(...chunks: Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from('WAVE'), ...chunks]);
  return chunk('RIFF', body);
}

/** Red, green and blue of a pixel, 0 to 255. */
export type Paint = (x: number, y: number) => readonly [number, number, number];

export const gradient: Paint = (x, y) => [(x * 7 + y) & 255, (y * 5) & 255, (x * y) & 255];

export function pngChunk(name: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

export function pngHead(width: number, height: number, bits = 8, colour = 2, interlace = 0): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([bits, colour, 0, 0, interlace], 8);
  return pngChunk('IHDR', head);
}

export const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** What a row is predicted from: nothing, the pixel before it, the row above, their mean, or the nearest of three. */
export type Prediction = 0 | 1 | 2 | 3 | 4;

/** Writes what is left of a row when it was predicted. */
function predicted(type: Prediction, row: Buffer, before: Buffer, step: number): Buffer {
  const near = (left: number, up: number, corner: number) => {
    const guess = left + up - corner;
    return [left, up, corner].reduce(
      (best, one) => (Math.abs(guess - one) < Math.abs(guess - best) ? one : best),
      left,
    );
  };
  return Buffer.from([
    type,
    ...row.map((value, at) => {
      const [left = 0, up = 0, corner = 0] = [row[at - step], before[at], before[at - step]];
      const guess = [0, left, up, (left + up) >> 1, near(left, up, corner)][type] ?? 0;
      return (value - guess) & 255;
    }),
  ]);
}

/** A picture of any form. @param row bytes of a row, samples packed as the form asks for @param palette for colour type 3 */
export function pngOf(
  [width, height, bits, colour]: readonly [number, number, number, number],
  row: (y: number) => Buffer,
  {
    prediction = () => 0,
    palette,
    part = 2 ** 30,
  }: { prediction?: (y: number) => Prediction; palette?: Buffer; part?: number } = {},
): Buffer {
  const step = Math.max(1, (bits * ([1, 0, 3, 1, 2, 0, 4][colour] ?? 1)) >> 3);
  const rows = Array.from({ length: height }, (_, y) =>
    predicted(prediction(y), row(y), y === 0 ? Buffer.alloc(row(0).length) : row(y - 1), step),
  );
  const packed = deflateSync(Buffer.concat(rows));
  const parts = Array.from({ length: Math.ceil(packed.length / part) }, (_, at) =>
    pngChunk('IDAT', packed.subarray(part * at, part * (at + 1))),
  );
  return Buffer.concat([
    PNG_SIGNATURE,
    pngHead(width, height, bits, colour),
    ...(palette === undefined ? [] : [pngChunk('PLTE', palette)]),
    ...parts,
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

export const png = (width: number, height: number, paint: Paint): Buffer =>
  pngOf([width, height, 8, 2], (y) => Buffer.from(Array.from({ length: width }, (_, x) => paint(x, y)).flat()));

/** @returns the path */
export function written(file: string, content: Buffer): string {
  writeFileSync(file, content);
  return file;
}
