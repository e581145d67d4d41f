/**
 * Pictures of another size, to the bit as Pillow makes them, with which models are trained: each side by itself, weights of whole numbers
 * (https://github.com/python-pillow/Pillow, `Resample.c`).
 */
import type { Picture } from '../media/png.ts';

/** A picture in memory: red, green and blue of each pixel, row by row. */
export interface Raster {
  width: number;
  height: number;
  data: Uint8Array;
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** How far a filter reaches, in pixels of the smaller picture, and how much a pixel counts by its distance. */
interface Filter {
  reach: number;
  weight(distance: number): number;
}

/** By the numbers that Pillow gives them. */
export const FILTERS: Readonly<Record<number, Filter>> = {
  1: { reach: 3, weight: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
  2: { reach: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  3: { reach: 2, weight: (x) => cubic(Math.abs(x)) },
  4: { reach: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  5: { reach: 1, weight: (x) => (Math.abs(x) < 1 ? sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x)) : 0) },
};

/** Keys' cubic convolution with a = -0.5. */
function cubic(x: number): number {
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/** The pixels from `first` on that make one pixel, each with its weight. */
interface Mix {
  first: number;
  weights: number[];
}

const ONE = 2 ** 22;

/** One mix for each pixel of a side. */
function mixesOf(from: number, to: number, { reach, weight }: Filter): Mix[] {
  const scale = from / to;
  const stretch = Math.max(1, scale);
  return Array.from({ length: to }, (_, at) => {
    const middle = (at + 0.5) * scale;
    const first = Math.max(0, Math.trunc(middle - reach * stretch + 0.5));
    const end = Math.min(from, Math.trunc(middle + reach * stretch + 0.5));
    const all = Array.from({ length: end - first }, (_unused, index) =>
      weight((index + first - middle + 0.5) / stretch),
    );
    const sum = all.reduce((total, one) => total + one, 0);
    return { first, weights: all.map((one) => Math.trunc((one / sum) * ONE + Math.sign(one) * 0.5)) };
  });
}

const clip = (sum: number) => Math.min(255, Math.max(0, Math.floor((sum + ONE / 2) / ONE)));

/** @param pause awaited now and then */
export async function resized(
  picture: Picture,
  size: { width: number; height: number },
  filter: Filter,
  pause: () => Promise<void>,
): Promise<Raster> {
  const { width, height } = size;
  const stride = 3 * width;
  const across = mixesOf(picture.width, width, filter);
  const narrow = new Uint8Array(picture.height * stride);
  let y = 0;
  for await (const row of picture.rows()) {
    await pause();
    for (const [x, { first, weights }] of across.entries())
      for (let part = 0; part < 3; part++) {
        let sum = 0;
        for (const [at, weight] of weights.entries()) sum += (row[3 * (first + at) + part] ?? 0) * weight;
        narrow[y * stride + 3 * x + part] = clip(sum);
      }
    y += 1;
  }
  const data = new Uint8Array(height * stride);
  for (const [line, { first, weights }] of mixesOf(picture.height, height, filter).entries()) {
    await pause();
    for (let at = 0; at < stride; at++) {
      let sum = 0;
      for (const [index, weight] of weights.entries()) sum += (narrow[(first + index) * stride + at] ?? 0) * weight;
      data[line * stride + at] = clip(sum);
    }
  }
  return { width, height, data };
}
