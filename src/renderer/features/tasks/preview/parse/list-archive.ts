/** What is in a zip file, read from its directory alone: a file of any size costs a few hundred kilobytes. */
import { Reader, ZipReader } from '@zip.js/zip.js';
import { type ReadableFile, RefusedFile } from '../../../../lib/parser/answer-questions.ts';
import { tame } from '../../../../lib/text/tame.ts';
import { MAX_DIRECTORY } from './limits.ts';

/** Entries that are listed. */
const MAX_ENTRIES = 20_000;
/** Characters of a name that are shown. */
const MAX_NAME = 500;

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

/** Reads no more than the list of files of an archive may have: the library reads it at once, however large it says that it is. */
class BoundedReader extends Reader<void> {
  readonly #file: ReadableFile;
  #left = MAX_DIRECTORY;

  constructor(file: ReadableFile) {
    super(undefined);
    this.size = file.size;
    this.#file = file;
  }

  override readUint8Array(index: number, length: number): Promise<Uint8Array> {
    this.#left -= length;
    if (this.#left < 0)
      throw new RefusedFile('The list of files in this archive is too large to show. Download the archive to open it.');
    return this.#file.read(index, length);
  }
}

/** @throws Error when it is no zip file; RefusedFile when its list of files is too large */
export async function listArchive(file: ReadableFile): Promise<Archive> {
  const reader = new ZipReader(new BoundedReader(file), { useWebWorkers: false });
  const entries: ArchiveEntry[] = [];
  for await (const {
    filename,
    uncompressedSize,
    compressedSize,
    directory,
    encrypted,
  } of reader.getEntriesGenerator()) {
    if (entries.length >= MAX_ENTRIES) return { entries, cut: true };
    const name = tame(filename, MAX_NAME);
    entries.push({ name, bytes: uncompressedSize, packed: compressedSize, isFolder: directory, encrypted });
  }
  return { entries, cut: false };
}
