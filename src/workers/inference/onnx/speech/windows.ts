/** A recording in windows: only one of them is in memory, however long it is. */
import { createResampler } from '../media/resample.ts';
import type { Recording } from '../media/wav.ts';

export interface SoundWindows {
  /** Samples of the recording at the rate that is wanted, about. */
  readonly samples: number;
  /** The next samples, at most a window of them, without going on; none at the end. */
  read(): Promise<Float32Array>;
  /** Leaves samples behind. */
  advance(samples: number): void;
}

/** @param size samples of a window @param rate samples a second that are wanted */
export function openWindows(recording: Recording, rate: number, size: number): SoundWindows {
  const resampler = createResampler(recording.rate, rate);
  const pieces = recording.pieces();
  const window = new Float32Array(size);
  let filled = 0;
  /** Samples that came with the last piece and did not fit. */
  let rest: Float32Array = new Float32Array();
  let isDone = false;

  function fill(): void {
    const taken = rest.subarray(0, size - filled);
    window.set(taken, filled);
    filled += taken.length;
    rest = rest.subarray(taken.length);
  }

  return {
    samples: Math.ceil((recording.samples * rate) / recording.rate),
    async read() {
      fill();
      while (!isDone && filled < size) {
        const next = await pieces.next();
        isDone = next.done === true;
        const more = next.done ? resampler.end() : resampler.push(next.value);
        const joined = new Float32Array(rest.length + more.length);
        joined.set(rest);
        joined.set(more, rest.length);
        rest = joined;
        fill();
      }
      return window.subarray(0, filled);
    },
    advance(samples) {
      window.copyWithin(0, samples, filled);
      filled = Math.max(0, filled - samples);
    },
  };
}
