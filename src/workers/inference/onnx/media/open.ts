/** Files that others made and a model is asked about. */
import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import { AppError } from '../../../../contract/kernel/errors.ts';

/** A file that is open for reading at any place. */
export interface MediaFile {
  readonly size: number;
  /** Exactly `length` bytes, or as many as there are behind `at`. */
  read(at: number, length: number): Promise<Buffer>;
}

/** A file that cannot be read, with what to do about it. */
export const unreadable = (message: string) =>
  new AppError('unprocessable-entity', message, { extra: { param: 'file' } });

const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;

/** Kinds of files by their first bytes, to name what was given. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^RIFF.{4}WAVE/s, 'a WAV recording'],
  [/^(RF64|BW64)/, 'a WAV recording of the 64-bit form'],
  [/^(ID3|\xff[\xe2-\xff])/, 'MP3'],
  [/^OggS/, 'Ogg (Opus or Vorbis)'],
  [/^fLaC/, 'FLAC'],
  [/^\x1aE\xdf\xa3/, 'WebM or Matroska'],
  [/^.{4}ftyp(avif|heic|mif1)/s, 'an AVIF or HEIC picture'],
  [/^.{4}ftyp/s, 'MP4 or M4A'],
  [/^\x89PNG/, 'a PNG picture'],
  [/^\xff\xd8\xff/, 'a JPEG picture'],
  [/^GIF8/, 'a GIF picture'],
  [/^RIFF.{4}WEBP/s, 'a WebP picture'],
  [/^BM/, 'a BMP picture'],
  [/^(II\*\0|MM\0\*)/, 'a TIFF picture'],
];

/** What a file seems to be, for people. */
export function kindOf(head: Buffer): string {
  const start = head.toString('latin1', 0, 16);
  return KINDS.find(([pattern]) => pattern.test(start))?.[1] ?? 'of a kind that is not known here';
}

/**
 * Opens a regular file, never a link: whoever made it may have put one in its place since it was looked at.
 * @param maxBytes a larger file is refused
 */
export async function withMedia<T>(file: string, maxBytes: number, use: (media: MediaFile) => Promise<T>): Promise<T> {
  const handle = await fs.open(file, O_RDONLY | O_NONBLOCK | O_NOFOLLOW).catch(() => {
    throw unreadable('The file cannot be opened; it may have been deleted.');
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw unreadable('This is no file.');
    if (stat.size > maxBytes)
      throw unreadable(`The file has ${stat.size} bytes; at most ${maxBytes} are read. Make it smaller.`);
    return await use({
      size: stat.size,
      async read(at, length) {
        const content = Buffer.allocUnsafe(Math.max(0, Math.min(length, stat.size - at)));
        let filled = 0;
        while (filled < content.length) {
          const { bytesRead } = await handle.read(content, filled, content.length - filled, at + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return content.subarray(0, filled);
      },
    });
  } finally {
    await handle.close();
  }
}
