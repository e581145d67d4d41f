/**
 * Values of a message as V8 serializes them (`src/objects/value-serializer.cc`), counted before they are made: millions of empty maps fit
 * into a message of a few megabytes, take V8 minutes and gigabytes, and nothing interrupts it.
 */

/** Kinds of values, by the bytes that follow their tag. */
const BARE = '_0TF-o\0';
/** A number of the base 128. */
const ONE_NUMBER = 'IU^{?';
/** A length for which V8 makes room at once. */
const LIST = 'Aa';
const TWO_NUMBERS = '$@';
/** A length, and so many bytes. */
const SIZED = '"cS';
/** Eight bytes. */
const EIGHT = 'ND';
const BIGINT = 'Z';
const HOST_OBJECT = '\\';

const setOf = (tags: string) => new Set(Buffer.from(tags, 'latin1'));
const [bare, oneNumber, list, twoNumbers, sized, eight] = [BARE, ONE_NUMBER, LIST, TWO_NUMBERS, SIZED, EIGHT].map(
  setOf,
) as [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>, Set<number>];
const bigint = BIGINT.charCodeAt(0);
const hostObject = HOST_OBJECT.charCodeAt(0);
/** Before the version, at the head of a value. */
const VERSION = 0xff;

class Reader {
  at = 0;
  /** Values that lists say they hold, whether they follow or not. */
  claimed = 0;
  isFaulty = false;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** A number as V8 writes it: V8 would read more bytes, or bits, and drop them, so that what follows is not what it seems to be. */
  number(): number {
    let value = 0;
    for (let factor = 1; factor <= 128 ** 4; factor *= 128) {
      const byte = this.bytes[this.at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value < 2 ** 32 ? value : this.fail();
    }
    return this.fail();
  }

  fail(): number {
    this.isFaulty = true;
    return 0;
  }

  skip(length: number): void {
    this.at += length;
  }

  /** Passes what follows a tag. @returns false for a tag of no JSON value, undefined, bigint, date or bytes */
  pass(tag: number): boolean {
    if (bare.has(tag)) return true;
    if (oneNumber.has(tag)) this.number();
    else if (list.has(tag)) this.claimed += this.number();
    else if (twoNumbers.has(tag)) {
      this.number();
      this.number();
    } else if (sized.has(tag)) this.skip(this.number());
    else if (eight.has(tag)) this.skip(8);
    else if (tag === bigint) this.skip(Math.floor(this.number() / 2));
    else if (tag === hostObject) {
      // Node's own: 0 before bytes, with their kind and length; 1 before any other object, which follows as a value.
      if (this.number() === 0) {
        this.number();
        this.skip(this.number());
      }
    } else return false;
    return true;
  }
}

/**
 * What is wrong with a serialized message, or null; one that V8 cannot read is V8's to refuse.
 * @param most values, names of members and ends of lists together
 */
export function excessOfBytes(bytes: Uint8Array, most: number): string | null {
  const reader = new Reader(bytes);
  let values = 0;
  if (bytes[0] === VERSION) {
    reader.at = 1;
    reader.number();
  }
  while (reader.at < bytes.length) {
    const tag = bytes[reader.at++] ?? 0;
    // Aligns a text.
    if (tag !== 0) values += 1;
    const isKnown = reader.pass(tag);
    if (reader.isFaulty) return 'with a number that V8 does not write';
    if (values > most || reader.claimed > most) return `made of more than ${most} values`;
    if (!isKnown) return `holding a value of the kind ${JSON.stringify(String.fromCharCode(tag))}`;
  }
  return null;
}
