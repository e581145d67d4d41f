/** Reads asar archives: a Pickle with a JSON header (Electron's asar format), then the files one after the other. */
import { chmodSync, closeSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Entry {
  files?: Record<string, Entry>;
  size?: number;
  offset?: string;
  unpacked?: boolean;
  executable?: boolean;
  link?: string;
}

/** One file of an archive. */
export interface AsarFile {
  /** Path with forward slashes. */
  path: string;
  /** True for files that lie beside the archive in `<archive>.unpacked`. */
  unpacked: boolean;
  size: number;
}

/** An open archive. */
export interface Asar {
  files: AsarFile[];
  /** Writes every packed file below a folder. */
  extract(target: string): void;
  close(): void;
}

/** Opens an archive. */
export function openAsar(archive: string): Asar {
  const descriptor = openSync(archive, 'r');
  const read = (length: number, position: number) => {
    const buffer = Buffer.alloc(length);
    readSync(descriptor, buffer, 0, length, position);
    return buffer;
  };
  const headerSize = read(8, 0).readUInt32LE(4);
  const header = read(headerSize, 8);
  const tree = JSON.parse(header.toString('utf8', 8, 8 + header.readUInt32LE(4))) as Entry;
  const entries = [...walk(tree, '')];
  return {
    files: entries.map(([path, { unpacked = false, size = 0 }]) => ({ path, unpacked, size })),
    extract: (target) => {
      for (const [path, { size = 0, offset, unpacked, executable }] of entries) {
        if (unpacked || offset === undefined) continue;
        const file = join(target, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, read(size, 8 + headerSize + Number(offset)));
        if (executable) chmodSync(file, 0o755);
      }
    },
    close: () => closeSync(descriptor),
  };
}

function* walk({ files = {} }: Entry, prefix: string): Generator<[string, Entry]> {
  for (const [name, entry] of Object.entries(files)) {
    const path = prefix + name;
    if (entry.files) yield* walk(entry, `${path}/`);
    else yield [path, entry];
  }
}
