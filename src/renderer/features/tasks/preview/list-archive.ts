/** What is in a zip file, read from its directory alone: a file of any size costs a few hundred kilobytes. */
import { Reader, ZipReader } from '@zip.js/zip.js';

/** Entries that are listed. */
const MAX_ENTRIES = 20_000;

export interface ArchiveEntry {
  name: string;
  bytes: number;
  packed: number;
  isFolder: boolean;
  encrypted: boolean;
}

export interface Archive {
  entries: ArchiveEntry[];
  /** True when there are more. */
  cut: boolean;
}

class RangeReader extends Reader<void> {
  readonly #read: (start: number, length: number) => Promise<Uint8Array>;

  constructor(size: number, read: (start: number, length: number) => Promise<Uint8Array>) {
    super(undefined);
    this.size = size;
    this.#read = read;
  }

  override readUint8Array(index: number, length: number): Promise<Uint8Array> {
    return this.#read(index, length);
  }
}

/** @throws Error when it is no zip file */
export async function listArchive(
  size: number,
  read: (start: number, length: number) => Promise<Uint8Array>,
): Promise<Archive> {
  const reader = new ZipReader(new RangeReader(size, read), { useWebWorkers: false });
  const entries: ArchiveEntry[] = [];
  for await (const entry of reader.getEntriesGenerator()) {
    if (entries.length >= MAX_ENTRIES) return { entries, cut: true };
    const { filename, uncompressedSize, compressedSize, directory, encrypted } = entry;
    entries.push({ name: filename, bytes: uncompressedSize, packed: compressedSize, isFolder: directory, encrypted });
  }
  return { entries, cut: false };
}
