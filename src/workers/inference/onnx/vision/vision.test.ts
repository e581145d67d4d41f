import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AutoImageProcessor, pipeline, RawImage } from '@huggingface/transformers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine } from '../../../../../tests/support/engine.ts';
import { libraryOn } from '../../../../../tests/support/models/library.ts';
import { gradient, type Paint, png, written } from '../../../../../tests/support/models/media.ts';
import { SIDE, writeOnnxCaptioner } from '../../../../../tests/support/models/onnx-encoder-decoder.ts';
import { withMedia } from '../media/open.ts';
import { openPng } from '../media/png.ts';
import { openPixels } from './pixels.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tabagent-vision-'));
const at = (name: string) => path.join(folder, name);
const FULL = libraryOn(folder);

const engine = openEngine('onnx');
beforeAll(async () => {
  for (const decoder of ['merged', 'two', 'plain'] as const) {
    const file = writeOnnxCaptioner(at(decoder), { decoder, seed: 6 });
    const { answer } = await engine.load(file, { model: decoder, type: 'vision', context_length: 64 });
    expect(answer).toMatchObject({ facts: { capabilities: ['vision'] } });
  }
}, 60_000);
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const picture = (name: string, width: number, height: number, paint: Paint = gradient) =>
  written(at(`${name}.png`), png(width, height, paint));
async function see(file: string, model = 'merged') {
  const { answer, items } = await engine.run({ op: 'describe', model, file });
  if (answer.t !== 'described') throw new Error(answer.t);
  return { ...answer, items };
}
const pixelsOf = (file: string, config: Parameters<typeof openPixels>[0]) =>
  withMedia(file, 2 ** 30, async (media) => openPixels(config).of(await openPng(media), async () => undefined));

describe('a picture', () => {
  // Catches colours in another order, a mean of the wrong one, and keys and values that are lost.
  test.each([
    'merged',
    'two',
    'plain',
  ])('is described as by the library used directly (decoder: %s)', async (decoder) => {
    const file = picture('own', SIDE, SIDE);
    const describer = await pipeline('image-to-text', 'merged', FULL);
    const [wanted] = (await describer(file)) as { generated_text: string }[];
    const found = await see(file, decoder);
    expect(found.text).toBe(wanted?.generated_text);
    expect(found.text.length).toBeGreaterThan(10);
    // As many as the library writes when no file tells a length, the first one among them.
    expect(found).toMatchObject({ width: SIDE, height: SIDE, tokens: 19 });
    expect(found.items.length).toBeGreaterThan(1);
  });

  test('of another kind is described otherwise, and of any size', async () => {
    const one = await see(picture('stripes', SIDE, SIDE, (x) => [x % 8 < 4 ? 255 : 0, 0, 0]));
    const other = await see(picture('sky', SIDE, SIDE, (_x, y) => [y, 2 * y, 255]));
    expect(one.text).not.toBe(other.text);
    expect(await see(picture('wide', 300, 41))).toMatchObject({ width: 300, height: 41 });
  });

  test('becomes the same numbers as by the library used directly', async () => {
    const file = picture('own', SIDE, SIDE);
    const processor = await AutoImageProcessor.from_pretrained('merged');
    const wanted = (await processor([await RawImage.read(file)])).pixel_values as {
      data: Float32Array;
      dims: number[];
    };
    const found = await pixelsOf(file, processor.config as never);
    expect(wanted.dims).toEqual([1, 3, SIDE, SIDE]);
    for (const [index, value] of found.entries()) expect(value).toBeCloseTo(wanted.data[index] ?? 0, 5);
  });
});

describe('preparing', () => {
  const plain = { do_rescale: false, do_normalize: false };
  const paint: Paint = (x, y) => [x, y, 100];

  test('cuts the middle out of what was made smaller by its shorter side', async () => {
    const config = {
      ...plain,
      do_center_crop: true,
      size: { shortest_edge: 20 },
      crop_size: { width: 10, height: 10 },
    };
    const found = await pixelsOf(picture('tall', 20, 40, paint), config);
    expect([found[0], found[9], found[100], found[199]]).toEqual([5, 14, 15, 24]);
  });

  test('fills up with black what a crop does not reach', async () => {
    const config = { ...plain, do_center_crop: true, size: 4, crop_size: 6 };
    const found = await pixelsOf(
      picture('small', 4, 4, () => [9, 9, 9]),
      config,
    );
    expect([...found.subarray(0, 12)]).toEqual([0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 0]);
  });

  test('turns the colours round where the file asks for it', async () => {
    const found = await pixelsOf(
      picture('blue', 2, 2, () => [1, 2, 3]),
      { ...plain, do_flip_channel_order: true, size: 2 },
    );
    expect([found[0], found[4], found[8]]).toEqual([3, 2, 1]);
  });

  test.each([
    { size: 1e9 },
    { size: { shortest_edge: 20 } },
    {},
    { size: 4, resample: 9 },
    { size: 4, image_std: [0, 1, 1], image_mean: [0, 0, 0] },
    { size: 4, image_mean: [1, 2] },
    { size: 4, do_thumbnail: true },
  ])('by %o is refused when the model is loaded', (config) => {
    expect(() => openPixels(config)).toThrow(/cannot be used here/);
  });

  test('of a picture that is far longer than wide is refused before anything is allocated', async () => {
    const config = { do_center_crop: true, size: { shortest_edge: 1000 }, crop_size: 10 };
    await expect(pixelsOf(picture('line', 1, 30_000), config)).rejects.toMatchObject({ slug: 'unprocessable-entity' });
  });
});
