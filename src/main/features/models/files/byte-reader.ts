/** Numbers and texts from the start of a file of unknown intent: no read goes past the end, and nothing is allocated by what the file claims. */
import type { FileHandle } from 'node:fs/promises';
import { wordOf } from './facts.ts';

const WINDOW = 1024 * 1024;

/** What is wrong with a file, in one sentence for people. What it quotes from the file is made printable. */
export class MalformedFile extends Error {
  constructor(message: string) {
    super(wordOf(message, 400) ?? 'It is not what its name says.');
    this.name = 'MalformedFile';
  }
}

/** Bytes that may still be read, of one model or of many: what they claim costs no more than this. */
export interface ReadBudget {
  left: number;
}

/**
 * Reads little-endian values one after the other. Methods that end in `Now` need {@link need} before them, so that a header of a
 * hundred thousand texts costs a promise for each window, not for each text.
 */
export class ByteReader {
  readonly #file: FileHandle;
  /** Bytes of the file, or fewer where reading has to end sooner. */
  readonly #end: number;
  readonly #budget: ReadBudget;
  #window = Buffer.alloc(0);
  /** Where the window starts in the file. */
  #start = 0;
  #at = 0;

  constructor(file: FileHandle, end: number, budget: ReadBudget) {
    this.#file = file;
    this.#end = end;
    this.#budget = budget;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#start + this.#at;
  }

  /** Whether the next `bytes` are in memory; if not, await {@link load}. */
  has(bytes: number): boolean {
    return this.#window.length - this.#at >= bytes;
  }

  /** Brings the next `bytes` (at most a mebibyte) into memory. @throws MalformedFile when the file ends before */
  async load(bytes: number): Promise<void> {
    if (this.has(bytes)) return;
    const start = this.position;
    if (bytes > WINDOW || start + bytes > this.#end)
      throw new MalformedFile(`It ends inside its header, at byte ${this.#end}.`);
    if (this.#budget.left <= 0) throw new MalformedFile('Its headers are longer than those of any model.');
    const window = Buffer.allocUnsafe(Math.min(WINDOW, this.#end - start));
    let filled = 0;
    while (filled < window.length) {
      const { bytesRead } = await this.#file.read(window, filled, window.length - filled, start + filled);
      if (bytesRead === 0) throw new MalformedFile('It became shorter while it was read.');
      filled += bytesRead;
    }
    this.#budget.left -= window.length;
    this.#window = window;
    this.#start = start;
    this.#at = 0;
  }

  /** Goes on behind the next `bytes` without reading them. @throws MalformedFile when the file ends before */
  skip(bytes: number): void {
    if (!Number.isSafeInteger(bytes) || this.position + bytes > this.#end)
      throw new MalformedFile(`It ends inside its header, at byte ${this.#end}.`);
    if (this.has(bytes)) {
      this.#at += bytes;
      return;
    }
    this.#start = this.position + bytes;
    this.#window = Buffer.alloc(0);
    this.#at = 0;
  }

  u32Now(): number {
    this.#at += 4;
    return this.#window.readUInt32LE(this.#at - 4);
  }

  /** @throws MalformedFile above 2^53, which no count or length can be */
  u64Now(): number {
    this.#at += 8;
    const value = this.#window.readBigUInt64LE(this.#at - 8);
    if (value > Number.MAX_SAFE_INTEGER) throw new MalformedFile(`A count or length of ${value} is not possible.`);
    return Number(value);
  }

  bytesNow(bytes: number): Buffer {
    this.#at += bytes;
    return this.#window.subarray(this.#at - bytes, this.#at);
  }
}
