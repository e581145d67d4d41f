/** Discrete Fourier transform of short frames whose length has small factors (Stockham's form of Cooley and Tukey's algorithm, any radix). */

/** The largest prime factor that is computed; the cost of one grows with its square. */
const MAX_FACTOR = 7;

/** Small factors of a length; null when it has a larger one. */
function factorsOf(length: number): number[] | null {
  const factors: number[] = [];
  let left = length;
  for (let factor = 2; factor <= MAX_FACTOR; factor++)
    while (left % factor === 0) {
      factors.push(factor);
      left /= factor;
    }
  return left === 1 ? factors : null;
}

/** Complex numbers. */
interface Row {
  re: Float64Array;
  im: Float64Array;
}
const rowOf = (length: number): Row => ({ re: new Float64Array(length), im: new Float64Array(length) });

/** Splits transforms of `radix × part` numbers, `stride` of which are interleaved, into `radix` smaller ones. */
interface Stage {
  radix: number;
  part: number;
  stride: number;
  /** The root of unity of each sum's member, `radix` for each of the `radix × part` sums. */
  roots: Row;
}

function stagesOf(length: number, factors: readonly number[]): Stage[] {
  let [part, stride] = [length, 1];
  return factors.map((radix) => {
    part /= radix;
    const roots = rowOf(part * radix * radix);
    for (let p = 0, at = 0; p < part; p++)
      for (let r = 0; r < radix; r++)
        for (let k = 0; k < radix; k++, at++) {
          const angle = (-2 * Math.PI * ((p * r * stride + k * r * (length / radix)) % length)) / length;
          roots.re[at] = Math.cos(angle);
          roots.im[at] = Math.sin(angle);
        }
    const stage = { radix, part, stride, roots };
    stride *= radix;
    return stage;
  });
}

function run({ radix, part, stride, roots }: Stage, from: Row, to: Row): void {
  for (let p = 0, sum = 0; p < part; p++)
    for (let r = 0; r < radix; r++, sum++)
      for (let q = 0; q < stride; q++) {
        let [re, im] = [0, 0];
        for (let k = 0; k < radix; k++) {
          const at = q + stride * (p + part * k);
          const [c, s] = [roots.re[sum * radix + k] ?? 0, roots.im[sum * radix + k] ?? 0];
          const [x, y] = [from.re[at] ?? 0, from.im[at] ?? 0];
          re += x * c - y * s;
          im += x * s + y * c;
        }
        to.re[q + stride * sum] = re;
        to.im[q + stride * sum] = im;
      }
}

/** Writes |X|² of the first half of the spectrum of each of two frames of real numbers, which cost as much as one. */
export type PowerSpectra = (
  frames: readonly [Float64Array, Float64Array],
  powers: readonly [Float64Array, Float64Array],
) => void;

/** @returns null for a length that is not computed */
export function createPowerSpectra(length: number): PowerSpectra | null {
  const factors = factorsOf(length);
  if (factors === null) return null;
  const stages = stagesOf(length, factors);
  let [now, next] = [rowOf(length), rowOf(length)];
  return ([one, other], [power, otherPower]) => {
    now.re.set(one);
    now.im.set(other);
    for (const stage of stages) {
      run(stage, now, next);
      [now, next] = [next, now];
    }
    const { re, im } = now;
    // The spectrum of real numbers is its own mirror image; what is not, comes from the other frame.
    for (let at = 0; at < power.length; at++) {
      const mirror = (length - at) % length;
      const [a, b, c, d] = [re[at] ?? 0, im[at] ?? 0, re[mirror] ?? 0, im[mirror] ?? 0];
      power[at] = ((a + c) ** 2 + (b - d) ** 2) / 4;
      otherPower[at] = ((b + d) ** 2 + (c - a) ** 2) / 4;
    }
  };
}
