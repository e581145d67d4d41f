/** Hashes of any stretch of a text in constant time, from polynomial hashes of its prefixes (Karp and Rabin, 1987). */

const BASE_1 = 0x2c1b3c6d;
const BASE_2 = 0x297a2d39;

let powers1 = new Int32Array(0);
let powers2 = new Int32Array(0);

function growPowers(length: number): void {
  if (powers1.length > length) return;
  const size = Math.max(1024, 2 * length);
  powers1 = new Int32Array(size);
  powers2 = new Int32Array(size);
  let [one, two] = [1, 1];
  for (let i = 0; i < size; i++) {
    powers1[i] = one;
    powers2[i] = two;
    one = Math.imul(one, BASE_1);
    two = Math.imul(two, BASE_2);
  }
}

/**
 * Prefix hashes of bytes, computed as far as they are asked for. Two stretches with one hash are taken to be equal: a collision of
 * 53 bits redacts something that was no secret, and never the other way round.
 */
export class PrefixHashes {
  #bytes: Uint8Array = new Uint8Array(0);
  #one = new Int32Array(0);
  #two = new Int32Array(0);
  #origin = 0;
  /** Prefixes from #origin to here are known. */
  #end = 0;

  /** Starts over with other bytes. */
  reset(bytes: Uint8Array): this {
    this.#bytes = bytes;
    this.#origin = 0;
    this.#end = 0;
    return this;
  }

  /** Hash of `length` bytes from `start`. Starts must not decrease by more than the lengths asked for before. */
  at(start: number, length: number): number {
    if (start < this.#origin || start > this.#end) {
      this.#origin = start;
      this.#end = start;
    }
    const from = start - this.#origin;
    const to = from + length;
    if (this.#origin + to > this.#end) this.#extend(to);
    growPowers(length);
    const one = (this.#one[to] ?? 0) - Math.imul(this.#one[from] ?? 0, powers1[length] ?? 0);
    const two = (this.#two[to] ?? 0) - Math.imul(this.#two[from] ?? 0, powers2[length] ?? 0);
    return (one >>> 0) * 0x20_0000 + (two >>> 11);
  }

  #extend(to: number): void {
    if (this.#one.length <= to) this.#grow(to);
    const origin = this.#origin;
    for (let i = this.#end - origin; i < to; i++) {
      const byte = (this.#bytes[origin + i] ?? 0) + 1;
      this.#one[i + 1] = Math.imul(this.#one[i] ?? 0, BASE_1) + byte;
      this.#two[i + 1] = Math.imul(this.#two[i] ?? 0, BASE_2) + byte;
    }
    this.#end = origin + to;
  }

  #grow(to: number): void {
    const [one, two] = [this.#one, this.#two];
    this.#one = new Int32Array(Math.max(256, 2 * to));
    this.#two = new Int32Array(this.#one.length);
    this.#one.set(one);
    this.#two.set(two);
  }
}
