import { expect, test } from 'vitest';
import { mayBeAnimated } from './animation.ts';

const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : part)));
const PNG = '\u0089PNG\r\n\u001a\n';
const chunk = (type: string, length: number): (string | number[])[] => [
  [0, 0, 0, length],
  type,
  Array(length + 4).fill(0),
];

// Would catch: hundreds of frames that are decoded one by one, each as large as a picture that stands still may be.
test.each([
  ['a PNG with frames', bytes(PNG, ...chunk('IHDR', 13), ...chunk('acTL', 8), ...chunk('IDAT', 1))],
  ['a PNG whose frames are announced late', bytes(PNG, ...chunk('IHDR', 13), [0, 1, 0, 0], 'iCCP')],
  ['a GIF', bytes('GIF89a')],
  ['a WebP with frames', bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8X', [10, 0, 0, 0, 2])],
  ['an AVIF sequence', bytes([0, 0, 0, 32], 'ftypavis')],
  ['nothing', bytes()],
])('%s may be animated', (_, head) => {
  expect(mayBeAnimated(head)).toBe(true);
});

test.each([
  ['a PNG', bytes(PNG, ...chunk('IHDR', 13), ...chunk('tEXt', 20), ...chunk('IDAT', 1))],
  ['a JPEG', bytes([0xff, 0xd8, 0xff, 0xe0])],
  ['a lossy WebP', bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8 ', [10, 0, 0, 0, 2])],
  ['an extended WebP', bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8X', [10, 0, 0, 0, 16])],
  ['an AVIF', bytes([0, 0, 0, 32], 'ftypavif')],
])('%s stands still', (_, head) => {
  expect(mayBeAnimated(head)).toBe(false);
});
