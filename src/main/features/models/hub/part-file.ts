/** A file that is being downloaded: its bytes, and beside it which of them are there. Both outlive the host. */
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { makeOwnedFolder, writeNewOwned } from '../../../core/disk/owned-files.ts';
import { openOwnedRead, readOwnedNote } from '../../../core/disk/owned-reads.ts';
import { removeOwnedFile } from '../../../core/disk/owned-trees.ts';
import { PART } from '../files/discover.ts';
import { finishPart } from '../registry/copy-files.ts';

/** One stretch of the file: from its first byte up to `end`, of which those before `at` are there. */
const Range = z.object({ start: z.int().min(0), at: z.int().min(0), end: z.int().min(0) });
export type Range = z.infer<typeof Range>;

const State = z.object({
  bytes: z.int().min(0),
  /** What the server called the content; null when it did not say. */
  etag: z.string().nullable(),
  ranges: z.array(Range).min(1).max(16),
});
type State = z.infer<typeof State>;

/** Name of the note beside the file. */
const NOTE = `${PART}-state`;
/** The note is written over in place, so it always has this length. */
const NOTE_BYTES = 4096;
/** Bytes between two notes: what a killed host loses at most, for each range. */
const NOTE_EVERY = 64 * 1024;
/** Below this a second connection costs more than it brings. */
const MIN_RANGE = 16 * 1024 * 1024;

/** See file comment. */
export interface PartFile {
  readonly ranges: readonly Range[];
  readonly etag: string | null;
  /** Bytes that are there. */
  done(): number;
  /** Writes a piece where a range goes on. */
  write(range: Range, piece: Uint8Array): Promise<void>;
  /** What is there belongs to another content, or to none: begins anew. */
  reset(etag: string | null): Promise<void>;
  /** Notes what the server calls the content. */
  name(etag: string): Promise<void>;
  /** Flushes the file and gives it its name. */
  finish(): Promise<void>;
  /** Leaves it as it is. */
  close(): Promise<void>;
}

function cut(bytes: number, connections: number): Range[] {
  const count = Math.max(1, Math.min(connections, Math.floor(bytes / MIN_RANGE)));
  const size = Math.ceil(bytes / count);
  return Array.from({ length: count }, (_, index) => ({
    ...{ start: index * size, at: index * size, end: Math.min(bytes, (index + 1) * size) },
  }));
}

function readState(root: string, file: string, bytes: number): State | null {
  try {
    const note = readOwnedNote(root, file + NOTE);
    const state = note === null ? null : State.parse(JSON.parse(note.toString('utf8')));
    const length = fs.lstatSync(file + PART, { throwIfNoEntry: false })?.size ?? -1;
    const isSound = state?.ranges.every(
      ({ start, at, end }) => start <= at && at <= end && end <= bytes && at <= Math.max(start, length),
    );
    return state?.bytes === bytes && isSound === true ? state : null;
  } catch {
    return null; // written by another version, or cut
  }
}

/** Removes what is there of a download. */
export function removePart(root: string, file: string): void {
  removeOwnedFile(root, file + PART);
  removeOwnedFile(root, file + NOTE);
}

/** Bytes that are there of a file, whole or in part. */
export function bytesThere(root: string, file: string, bytes: number): number {
  const whole = fs.lstatSync(file, { throwIfNoEntry: false });
  if (whole?.isFile() && whole.size === bytes) return bytes;
  const state = readState(root, file, bytes);
  return state?.ranges.reduce((sum, { start, at }) => sum + at - start, 0) ?? 0;
}

/** Opens a download, where it was left. @param root the models folder, below which no link is followed */
export async function openPart(root: string, file: string, bytes: number, connections: number): Promise<PartFile> {
  makeOwnedFolder(root, path.dirname(file));
  const known = readState(root, file, bytes);
  if (known === null) {
    removePart(root, file);
    writeNewOwned(root, file + PART, '');
    writeNewOwned(root, file + NOTE, '');
  }
  const handle = await openOwnedRead(root, file + PART, 'r+');
  const note = await openOwnedRead(root, file + NOTE, 'r+');
  const state: State = known ?? { bytes, etag: null, ranges: cut(bytes, connections) };
  let noted = 0;
  let noting = Promise.resolve();

  /** Notes one after the other: two at once could end as a mixture. */
  function save(): Promise<void> {
    noting = noting.then(async () => {
      await note.write(JSON.stringify(state).padEnd(NOTE_BYTES), 0, 'utf8');
    });
    return noting;
  }
  await save();

  return {
    ranges: state.ranges,
    get etag() {
      return state.etag;
    },
    done: () => state.ranges.reduce((sum, { start, at }) => sum + at - start, 0),
    async write(range, piece) {
      for (let from = 0; from < piece.length; ) {
        const { bytesWritten } = await handle.write(piece, from, piece.length - from, range.at);
        from += bytesWritten;
        range.at += bytesWritten;
      }
      noted += piece.length;
      if (noted < NOTE_EVERY && range.at < range.end) return;
      noted = 0;
      await save();
    },
    async reset(etag) {
      state.etag = etag;
      for (const range of state.ranges) range.at = range.start;
      await save();
    },
    async name(etag) {
      state.etag = etag;
      await save();
    },
    async finish() {
      await noting;
      await handle.close();
      await note.close();
      await finishPart(root, file);
      removeOwnedFile(root, file + NOTE);
    },
    async close() {
      // After `finish` there is nothing to note, and nothing to close.
      await save().catch(() => undefined);
      await handle.close().catch(() => undefined);
      await note.close().catch(() => undefined);
    },
  };
}
