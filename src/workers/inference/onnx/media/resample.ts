/** Sound at another rate: a low-pass filter (windowed sinc) that is looked up in a table, so that any two rates go together. */

/** Zero crossings of the filter on each side; with more it is steeper. */
const CROSSINGS = 24;
/** Of the highest frequency that both rates have, how much is kept. */
const ROLL_OFF = 0.94;
const TABLE_STEPS = 512;
/** Shape of the Kaiser window. */
const BETA = 9;

/** Modified Bessel function of the first kind, order 0. */
function bessel(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** One side of the filter. */
function filterTable(): Float64Array {
  const peak = bessel(BETA);
  const table = new Float64Array(CROSSINGS * TABLE_STEPS + 2);
  for (let index = 0; index <= CROSSINGS * TABLE_STEPS; index++) {
    const x = index / TABLE_STEPS;
    const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    table[index] = (sinc * bessel(BETA * Math.sqrt(Math.max(0, 1 - (x / CROSSINGS) ** 2)))) / peak;
  }
  return table;
}

export interface Resampler {
  /** @returns what can be said of the new samples so far */
  push(piece: Float32Array): Float32Array;
  /** What is left when no more comes. */
  end(): Float32Array;
}

/** @param from samples a second that come @param to those that are wanted */
export function createResampler(from: number, to: number): Resampler {
  if (from === to) return { push: (piece) => piece, end: () => new Float32Array() };
  const table = filterTable();
  const cutoff = Math.min(1, to / from) * ROLL_OFF;
  const half = CROSSINGS / cutoff;
  let kept: Float32Array = new Float32Array();
  /** Number of the first sample that is kept, and of the next one that is made. */
  let [first, next] = [0, 0];

  function valueAt(time: number): number {
    const begin = Math.max(0, Math.ceil(time - half) - first);
    const end = Math.min(kept.length - 1, Math.floor(time + half) - first);
    let sum = 0;
    for (let at = begin; at <= end; at++) {
      const place = Math.abs(time - first - at) * cutoff * TABLE_STEPS;
      const index = Math.floor(place);
      const low = table[index] ?? 0;
      sum += (kept[at] ?? 0) * (low + ((table[index + 1] ?? 0) - low) * (place - index));
    }
    return sum * cutoff;
  }

  /** Makes samples up to a time, and forgets what those after it do not need. */
  function make(until: number): Float32Array {
    const out = new Float32Array(Math.max(0, Math.ceil((until * to) / from) - next));
    for (let at = 0; at < out.length; at++) out[at] = valueAt(((next + at) * from) / to);
    next += out.length;
    const drop = Math.min(kept.length, Math.max(0, Math.floor((next * from) / to - half) - first));
    kept = kept.slice(drop);
    first += drop;
    return out;
  }

  return {
    push(piece) {
      const joined = new Float32Array(kept.length + piece.length);
      joined.set(kept);
      joined.set(piece, kept.length);
      kept = joined;
      return make(first + kept.length - half);
    },
    end: () => make(first + kept.length),
  };
}
