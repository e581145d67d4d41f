/** UTF-8 (RFC 3629) in plain ECMAScript terms; every place that runs this code has the encoder of the WHATWG standard. */

/** Bytes in memory of their own. */
export type Bytes = Uint8Array<ArrayBuffer>;

declare const TextEncoder: new () => {
  encode(text: string): Bytes;
  encodeInto(text: string, target: Uint8Array): { written: number };
};

const encoder = new TextEncoder();
const scratch = new Uint8Array(3 * 8192);

export const encodeUtf8 = (text: string): Bytes => encoder.encode(text);

/** Like {@link encodeUtf8}, but the next call may overwrite the bytes. */
export function encodeBriefly(text: string): Bytes {
  if (3 * text.length > scratch.length) return encoder.encode(text);
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

/** Bytes and UTF-16 units of the character at a place; a lone surrogate is encoded as U+FFFD. */
function sizeAt(text: string, at: number): [bytes: number, units: number] {
  const code = text.codePointAt(at) ?? 0;
  if (code < 0x80) return [1, 1];
  if (code < 0x800) return [2, 1];
  return code < 0x1_0000 ? [3, 1] : [4, 2];
}

/** Turns ranges of the encoded text, in order, into ranges of the text. */
export function rangesInText(text: string, ranges: readonly (readonly [number, number])[]): [number, number][] {
  let byte = 0;
  let unit = 0;
  /** First place of the text at or after a byte. */
  function seek(target: number): number {
    while (byte < target) {
      const [bytes, units] = sizeAt(text, unit);
      byte += bytes;
      unit += units;
    }
    return unit;
  }
  return ranges.map(([start, end]) => [seek(start), seek(end)]);
}
