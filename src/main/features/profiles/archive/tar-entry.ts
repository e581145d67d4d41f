/** One entry of a tar, as bytes. */
import { Header, Pax } from 'tar';

const BLOCK = 512;
/** The same whenever the same is exported, and nothing about who did. */
const COMMON = { mode: 0o600, mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' } as const;

/** What comes before the bytes of a file. */
export function headOf(path: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const needsPax = new Header({ ...COMMON, path, size, type: 'File' }).encode(block, 0);
  return needsPax ? Buffer.concat([new Pax({ path, size }).encode(), block]) : block;
}

/** What comes after them. */
export const padOf = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);

/** The end of a tar. */
export const END = Buffer.alloc(2 * BLOCK);
