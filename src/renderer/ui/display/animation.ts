/** Whether a picture may be animated, by the beginning of its file. Browsers tell the size of one frame only. */

/** How much of a file is looked at. */
export const HEAD_BYTES = 64 * 1024;

const isAt = (bytes: Uint8Array, at: number, text: string): boolean =>
  [...text].every((character, index) => bytes[at + index] === character.charCodeAt(0));

/** PNG, third edition: `acTL` stands before the first `IDAT`. */
function isAnimatedPng(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 8 <= bytes.length; at += 12 + view.getUint32(at)) {
    if (isAt(bytes, at + 4, 'acTL')) return true;
    if (isAt(bytes, at + 4, 'IDAT')) return false;
  }
  return true;
}

/** False for what cannot be animated; true also for what is not known. */
export function mayBeAnimated(head: Uint8Array): boolean {
  if (isAt(head, 0, '\u0089PNG')) return isAnimatedPng(head);
  // RFC 9649: only the extended form has a flag of animation.
  if (isAt(head, 0, 'RIFF') && isAt(head, 8, 'WEBPVP8')) return isAt(head, 15, 'X') && ((head[20] ?? 0) & 2) !== 0;
  return !(isAt(head, 0, '\u00ff\u00d8\u00ff') || isAt(head, 0, 'BM') || isAt(head, 4, 'ftypavif'));
}
