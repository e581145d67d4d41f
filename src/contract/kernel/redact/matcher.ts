/**
 * Finds many patterns in bytes at once: the first bytes of every pattern are looked up in a Bloom filter, whose hits are looked up
 * among the patterns that begin so. Which of those begin at a place, the longest, is found by binary search over their lengths with
 * markers (Waldvogel et al., 1997), so that patterns that begin alike, or that are prefixes of each other, cost a logarithm.
 */
import { PrefixHashes } from './hash.ts';

/** Bytes to look for. */
export interface Pattern {
  /** One character for each byte. */
  readonly bytes: string;
  /** Characters before and after the pattern that carry bits of the secret, when they are base64. */
  readonly before: 0 | 1;
  readonly after: 0 | 1;
}

interface Entry extends Pattern {
  uses: number;
}

/** Patterns with the same first bytes. */
interface Bucket {
  /** May still hold entries without uses. */
  entries: Entry[];
  live: number;
  /** Built when it is first needed after a change. */
  index: Index | null;
}

/** Told of a match, end exclusive. */
export type Found = (start: number, end: number, pattern: Pattern) => void;

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** The patterns of one bucket by length. */
class Index {
  readonly #lengths: readonly number[];
  /** By hash of a prefix: the longest pattern that it begins with; null for none, but longer patterns begin so. */
  readonly #markers = new Map<number, Entry | null>();

  constructor(entries: readonly Entry[]) {
    const sorted = [...entries].sort((a, b) => a.bytes.length - b.bytes.length);
    this.#lengths = [...new Set(sorted.map(({ bytes }) => bytes.length))];
    const hashes = new PrefixHashes();
    for (const entry of sorted) this.#insert(entry, hashes.reset(bytesOf(entry.bytes)));
  }

  /** The longest pattern that begins at `start` and ends by `end`, or null. */
  longest(hashes: PrefixHashes, start: number, end: number): Entry | null {
    let best: Entry | null = null;
    let low = 0;
    for (let high = this.#lengths.length - 1; low <= high; ) {
      const middle = (low + high) >> 1;
      const length = this.#lengths[middle] ?? 0;
      const marker = length > end - start ? undefined : this.#markers.get(hashes.at(start, length));
      if (marker === undefined) {
        high = middle - 1;
        continue;
      }
      if (marker !== null) best = marker;
      low = middle + 1;
    }
    return best;
  }

  /** Shorter patterns have been inserted before. */
  #insert(entry: Entry, hashes: PrefixHashes): void {
    let low = 0;
    for (let high = this.#lengths.length - 1; low <= high; ) {
      const middle = (low + high) >> 1;
      const length = this.#lengths[middle] ?? 0;
      if (length > entry.bytes.length) {
        high = middle - 1;
        continue;
      }
      const key = hashes.at(0, length);
      if (length === entry.bytes.length) this.#markers.set(key, entry);
      else if (!this.#markers.has(key)) this.#markers.set(key, this.longest(hashes, 0, length));
      low = middle + 1;
    }
  }
}

const MIX = 0x9e3779b1;
/** Bits of the filter for each bucket, and its smallest and largest size as powers of two. */
const BITS_PER_BUCKET = 32;
const SMALLEST = 14;
const LARGEST = 24;

/** A set of patterns of at least `window` bytes; a pattern that is added twice is there until it has been removed twice. */
export class Matcher {
  readonly #window: 4 | 6;
  /** Bits that each byte moves the hash by: so many that a byte has left its 32 bits when it has left the window. */
  readonly #push: number;
  readonly #patterns = new Map<string, Entry>();
  /** By the first bytes as a number. */
  readonly #buckets = new Map<number, Bucket>();
  readonly #hashes = new PrefixHashes();
  #filter = new Int32Array(1 << (SMALLEST - 5));
  #log2 = SMALLEST;
  /** Buckets that are gone but still in the filter. */
  #stale = 0;

  constructor(window: 4 | 6) {
    this.#window = window;
    this.#push = window === 4 ? 8 : 6;
  }

  get size(): number {
    return this.#patterns.size;
  }

  add(pattern: Pattern): void {
    const known = this.#patterns.get(pattern.bytes);
    if (known) {
      known.uses += 1;
      return;
    }
    const entry = { ...pattern, uses: 1 };
    this.#patterns.set(pattern.bytes, entry);
    const key = this.#keyOf(pattern.bytes);
    const bucket = this.#buckets.get(key) ?? { entries: [], live: 0, index: null };
    if (bucket.entries.length > 2 * bucket.live + 8) bucket.entries = bucket.entries.filter(({ uses }) => uses > 0);
    bucket.entries.push(entry);
    bucket.live += 1;
    bucket.index = null;
    if (bucket.live > 1) return;
    this.#buckets.set(key, bucket);
    this.#mark(key);
    this.#resize();
  }

  remove(pattern: Pattern): void {
    const entry = this.#patterns.get(pattern.bytes);
    if (!entry || --entry.uses > 0) return;
    this.#patterns.delete(pattern.bytes);
    const key = this.#keyOf(pattern.bytes);
    const bucket = this.#buckets.get(key);
    if (!bucket) return;
    bucket.live -= 1;
    bucket.index = null;
    if (bucket.live > 0) return;
    this.#buckets.delete(key);
    this.#stale += 1;
    if (this.#stale > this.#buckets.size) this.#refill();
  }

  /** Tells of the longest pattern at each place of `bytes`, but for those within a match that has been told. */
  find(bytes: Uint8Array, found: Found): void {
    if (this.#patterns.size === 0) return;
    this.#hashes.reset(bytes);
    const before = this.#window - 1;
    let covered = 0;
    for (let at = this.#nextHit(bytes, before); at < bytes.length; at = this.#nextHit(bytes, at + 1)) {
      let key = 0;
      for (let i = at - before; i <= at; i++) key = key * 256 + (bytes[i] ?? 0);
      const bucket = this.#buckets.get(key);
      if (bucket === undefined) continue;
      bucket.index ??= new Index(bucket.entries.filter(({ uses }) => uses > 0));
      const entry = bucket.index.longest(this.#hashes, at - before, bytes.length);
      if (entry === null || at - before + entry.bytes.length <= covered) continue;
      covered = at - before + entry.bytes.length;
      found(at - before, covered, entry);
    }
  }

  /**
   * The next place, from `from` on, where a window ends that is in the filter; the length of `bytes` when there is none. A loop of its
   * own: with the lookup of the hits in it, it takes three times as long.
   */
  #nextHit(bytes: Uint8Array, from: number): number {
    const filter = this.#filter;
    const shift = 32 - this.#log2;
    const push = this.#push;
    const { length } = bytes;
    let hash = 0;
    for (let at = Math.max(0, from - this.#window + 1); at < from; at++) hash = (hash << push) ^ (bytes[at] ?? 0);
    for (let at = from; at < length; at++) {
      hash = (hash << push) ^ (bytes[at] ?? 0);
      const slot = Math.imul(hash, MIX) >>> shift;
      if (((filter[slot >>> 5] ?? 0) & (1 << slot)) !== 0) return at;
    }
    return length;
  }

  /** The first bytes of a pattern as one number. */
  #keyOf(pattern: string): number {
    let key = 0;
    for (let i = 0; i < this.#window; i++) key = key * 256 + pattern.charCodeAt(i);
    return key;
  }

  #mark(key: number): void {
    let hash = 0;
    for (let i = this.#window - 1; i >= 0; i--) hash = (hash << this.#push) ^ (Math.floor(key / 256 ** i) % 256);
    const slot = Math.imul(hash, MIX) >>> (32 - this.#log2);
    this.#filter[slot >>> 5] = (this.#filter[slot >>> 5] ?? 0) | (1 << (slot & 31));
  }

  #resize(): void {
    if (this.#log2 >= LARGEST || this.#buckets.size * BITS_PER_BUCKET <= 2 ** this.#log2) return;
    this.#log2 = Math.min(LARGEST, this.#log2 + 2);
    this.#refill();
  }

  #refill(): void {
    if (this.#buckets.size === 0) this.#log2 = SMALLEST;
    this.#filter = new Int32Array(1 << (this.#log2 - 5));
    this.#stale = 0;
    for (const key of this.#buckets.keys()) this.#mark(key);
  }
}
