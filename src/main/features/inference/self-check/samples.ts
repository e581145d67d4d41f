/** A recording in which nobody speaks, and pictures that nobody would describe alike, for models that read files. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { writeNewOwned } from '../../../core/disk/owned-files.ts';
import { removeOwnedFile } from '../../../core/disk/owned-trees.ts';

const RATE = 16_000;
/** Pixels of a side. */
const SIDE = 64;

/** @param volumeAt from -1 to 1, by the second @returns a WAV file with one channel */
export function recording(seconds: number, volumeAt: (second: number) => number): Buffer {
  const bytes = Buffer.alloc(44 + 2 * RATE * seconds);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(2 * RATE, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(bytes.length - 44, 40);
  for (let at = 0; at < RATE * seconds; at++) bytes.writeInt16LE(Math.round(volumeAt(at / RATE) * 32_767), 44 + 2 * at);
  return bytes;
}

type Colour = readonly [red: number, green: number, blue: number];

/** @returns a PNG file */
export function picture(paint: (x: number, y: number) => Colour): Buffer {
  const part = (name: string, content: Buffer) => {
    const named = Buffer.concat([Buffer.from(name), content]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(content.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(SIDE, 0);
  head.writeUInt32BE(SIDE, 4);
  // Eight bits each of red, green and blue.
  head.set([8, 2], 8);
  // Before each row, how it is predicted: not at all.
  const rows = Array.from({ length: SIDE }, (_, y) => [
    0,
    ...Array.from({ length: SIDE }, (_, x) => paint(x, y)).flat(),
  ]);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    part('IHDR', head),
    part('IDAT', deflateSync(Buffer.from(rows.flat()))),
    part('IEND', Buffer.alloc(0)),
  ]);
}

/** Silence, and the hum of a machine. */
export const SOUNDS = () => [
  recording(2, () => 0),
  recording(2, (second) => Math.sin(2 * Math.PI * 110 * second) / 20),
];

/** A red wall, a chessboard, and green grass below a blue sky. */
export const PICTURES = () => [
  picture(() => [200, 20, 20]),
  picture((x, y) => (((x >> 3) + (y >> 3)) % 2 === 0 ? [255, 255, 255] : [0, 0, 0])),
  picture((_x, y) => (y < SIDE / 2 ? [110, 180, 250] : [40, 130, 40])),
];

/** Runs with a file that is there as long as that takes. @param dir the temporary folder of the host */
export async function withFile<T>(dir: string, content: Buffer, run: (file: string) => Promise<T>): Promise<T> {
  const file = path.join(dir, `self-check-${randomUUID()}`);
  writeNewOwned(dir, file, content);
  try {
    return await run(file);
  } finally {
    removeOwnedFile(dir, file);
  }
}
