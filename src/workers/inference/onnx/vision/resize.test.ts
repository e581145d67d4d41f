import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { gradient } from '../../../../../tests/support/models/media.ts';
import { FILTERS, resized } from './resize.ts';

const [width, height] = [37, 23];
const picture = {
  width,
  height,
  async *rows() {
    for (let y = 0; y < height; y++)
      yield Uint8Array.from(Array.from({ length: width }, (_, x) => gradient(x, y)).flat());
  },
};

/** Beginnings of SHA-256 of the pixels that Pillow 9.4 makes of this picture (`Image.resize(size, filter)`). */
const PILLOW: [filter: number, width: number, height: number, hash: string][] = [
  [1, 16, 16, 'cff1a74f3943d749'],
  [1, 50, 61, '13ca1a17d26ad630'],
  [1, 37, 9, '16b93f2c0eacce3c'],
  [2, 16, 16, 'fefea3e9be13fb01'],
  [2, 50, 61, 'c570e5e0b69b7e0b'],
  [2, 37, 9, '1e4016e3c084fc84'],
  [3, 16, 16, 'a46cb165cbbe17cb'],
  [3, 50, 61, 'fc1be95c703ebde3'],
  [3, 37, 9, 'c71d79276eb6144f'],
  [4, 16, 16, '4a8adeced0a83237'],
  [4, 50, 61, 'ac36aed64eeb7f84'],
  [4, 37, 9, 'f4c5df4677573984'],
  [5, 16, 16, 'a5bbf461ca487bce'],
  [5, 50, 61, '6bfdfd42fe42daa0'],
  [5, 37, 9, 'a5a1cd40fab5f415'],
];

// Catches weights that do not add up, pixels that are rounded in another way, and a middle that is half a pixel off.
test.each(PILLOW)('filter %i makes %i × %i as Pillow does, to the bit', async (filter, toWidth, toHeight, hash) => {
  const used = FILTERS[filter];
  if (used === undefined) throw new Error('no such filter');
  const { data } = await resized(picture, { width: toWidth, height: toHeight }, used, async () => undefined);
  expect(createHash('sha256').update(data).digest('hex').slice(0, 16)).toBe(hash);
});
