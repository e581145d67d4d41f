/** Where the blocks of a log begin; on disk 16 bytes per block: number of its first line and its offset, two little-endian doubles. */

/** Bytes after which a new block begins. */
export const BLOCK_BYTES = 65_536;

const ENTRY_BYTES = 16;
/** Blocks of an index that its log may have lost. */
const SPARE_BLOCKS = 4096;

/** Some lines in a row that are read together. */
export interface Block {
  /** Number of its first line. */
  seq: number;
  offset: number;
}

/**
 * Reads an index as far as it fits a log of `size` bytes. After a crash the index may be newer than the log, or torn: what does not
 * fit is dropped, and the scan of the log finds it again.
 */
export function decodeIndex(bytes: Buffer, size: number): Block[] {
  const blocks: Block[] = [{ seq: 1, offset: 0 }];
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    const block = { seq: bytes.readDoubleLE(at), offset: bytes.readDoubleLE(at + 8) };
    if (at === 0 && block.seq === 1 && block.offset === 0) continue;
    const before = blocks.at(-1);
    const rises = before !== undefined && block.offset > before.offset && block.seq > before.seq;
    if (at === 0 || !rises || block.offset >= size || !Number.isInteger(block.offset)) break;
    blocks.push(block);
  }
  return blocks;
}

/** Bytes that the index of a log of `size` bytes may have; after a crash it may be newer than the log. */
export const maxIndexBytes = (size: number) => (Math.ceil(size / BLOCK_BYTES) + SPARE_BLOCKS) * ENTRY_BYTES;

/** Bytes of an index. */
export function encodeIndex(blocks: readonly Block[]): Buffer {
  const bytes = Buffer.alloc(blocks.length * ENTRY_BYTES);
  blocks.forEach((block, i) => {
    bytes.writeDoubleLE(block.seq, i * ENTRY_BYTES);
    bytes.writeDoubleLE(block.offset, i * ENTRY_BYTES + 8);
  });
  return bytes;
}

/** Position of the block that holds line `seq`. */
export function positionOf(blocks: readonly Block[], seq: number): number {
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((blocks[middle]?.seq ?? 0) <= seq) low = middle;
    else high = middle - 1;
  }
  return low;
}
