import { expect, test } from 'vitest';
import { byteText } from './byte-text.ts';

test.each([
  [-5, '0 B'],
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KB'],
  [1536, '1.5 KB'],
  [99.94 * 1024, '99.9 KB'],
  [150.4 * 1024 ** 2, '150 MB'],
  [5.12 * 1024 ** 3, '5.1 GB'],
  [1024 ** 2 - 1, '1.0 MB'],
  [3000 * 1024 ** 4, '3000 TB'],
])('%d bytes are read as %s', (count, words) => {
  expect(byteText(count)).toBe(words);
});
