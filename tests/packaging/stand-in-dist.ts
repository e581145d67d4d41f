/** A folder that looks like Electron's for Linux to electron-builder, where the real one cannot be downloaded. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Marks the fuses in Electron's binary; the bytes after it are version, count and one state per fuse. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSE_VERSION = 1;
const FUSES = 9;

/** Makes the folder. */
export function makeStandInDist(dir: string, version: string): void {
  mkdirSync(join(dir, 'locales'), { recursive: true });
  mkdirSync(join(dir, 'resources'), { recursive: true });
  const wire = Buffer.concat([
    Buffer.from('#!/bin/sh\nexit 0\n'),
    Buffer.from(SENTINEL, 'latin1'),
    Buffer.from([FUSE_VERSION, FUSES]),
    Buffer.alloc(FUSES, '1'),
  ]);
  for (const [name, content] of [
    ['electron', wire],
    ['chrome-sandbox', '#!/bin/sh\n'],
    ['version', version],
    ['LICENSE', 'stand-in'],
    ['LICENSES.chromium.html', '<p>stand-in'],
    ['locales/en-US.pak', ''],
  ] as const) {
    writeFileSync(join(dir, name), content);
  }
  chmodSync(join(dir, 'electron'), 0o755);
  chmodSync(join(dir, 'chrome-sandbox'), 0o755);
}

/** State of each fuse in a packaged binary: `0` off, `1` on, in the order of Electron's fuse wire V1. */
export function fusesOf(binary: Buffer): string {
  const at = binary.indexOf(SENTINEL, 0, 'latin1') + SENTINEL.length + 2;
  return binary.toString('latin1', at, at + FUSES);
}
