/**
 * Input of models for speech: the loudness of bands of frequencies over time (log-mel spectrogram), by the numbers that `preprocessor_config.json`
 * names. As in Whisper (https://arxiv.org/abs/2212.04356); bands by the scale of Slaney's Auditory Toolbox.
 */
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { useless } from '../folder.ts';
import { createPowerSpectra } from './fft.ts';

export interface Features {
  /** Samples a second that the model takes. */
  readonly rate: number;
  /** Samples of one window; a shorter one ends with silence. */
  readonly samples: number;
  readonly bands: number;
  readonly frames: number;
  /** Loudness of each band in each frame, one band after the other. @param pause awaited now and then */
  of(window: Float32Array, pause: () => Promise<void>): Promise<Float32Array>;
}

/** Numbers that the files may name, with what Whisper's files name. */
const NUMBERS = {
  feature_size: { usual: 80, least: 8, most: 512 },
  sampling_rate: { usual: 16_000, least: 4_000, most: 48_000 },
  hop_length: { usual: 160, least: 16, most: 4_096 },
  n_fft: { usual: 400, least: 32, most: 4_096 },
  chunk_length: { usual: 30, least: 1, most: 60 },
} as const;

const HIGHEST = 8_000;
/** Of the loudest, in powers of ten: what is quieter counts as silence. */
const RANGE = 8;
const SILENCE = 1e-10;
/** Frames between two looks at whether anybody still waits. */
const TURN = 128;

function numberIn(config: JsonObject, name: keyof typeof NUMBERS): number {
  const { usual, least, most } = NUMBERS[name];
  const value = config[name] ?? usual;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw useless(`its preprocessor_config.json names a ${name} that is not between ${least} and ${most}`);
}

const LINEAR_BELOW = 1000;
const LOG_STEP = 27 / Math.log(6.4);
const melOf = (hertz: number) =>
  hertz >= LINEAR_BELOW ? 15 + Math.log(hertz / LINEAR_BELOW) * LOG_STEP : (3 * hertz) / 200;
const hertzOf = (mel: number) => (mel >= 15 ? LINEAR_BELOW * Math.exp((mel - 15) / LOG_STEP) : (200 * mel) / 3);

/** Frequencies of a band, from the first that counts, each with its weight. */
interface Band {
  first: number;
  weights: Float64Array;
}

function bandOf(all: Float64Array): Band {
  const first = all.findIndex((weight) => weight !== 0);
  const last = all.findLastIndex((weight) => weight !== 0);
  return first === -1 ? { first: 0, weights: new Float64Array() } : { first, weights: all.slice(first, last + 1) };
}

/** Triangles that overlap, each as high as it is narrow. */
function computedBands(count: number, bins: number, rate: number): Band[] {
  const most = melOf(HIGHEST);
  const edges = Array.from({ length: count + 2 }, (_, at) => hertzOf((most * at) / (count + 1)));
  const step = Math.floor(rate / 2) / (bins - 1);
  return Array.from({ length: count }, (_, band) => {
    const [low = 0, middle = 0, high = 0] = edges.slice(band, band + 3);
    return bandOf(
      Float64Array.from({ length: bins }, (_unused, bin) => {
        const hertz = bin * step;
        const height = Math.min((hertz - low) / (middle - low), (high - hertz) / (high - middle));
        return (Math.max(0, height) * 2) / (high - low);
      }),
    );
  });
}

/** Bands that the files bring. */
function writtenBands(value: unknown, count: number, bins: number): Band[] {
  const isRow = (row: unknown): row is number[] =>
    Array.isArray(row) && row.length === bins && row.every((weight) => Number.isFinite(weight));
  if (!Array.isArray(value) || value.length !== count || !value.every(isRow))
    throw useless('the mel_filters of its preprocessor_config.json have another shape than its other numbers');
  return value.map((row) => bandOf(Float64Array.from(row)));
}

/** The window's samples with its ends mirrored, so that the first and last frames have sound on both sides. */
function mirrored(window: Float32Array, samples: number, margin: number): Float64Array {
  const out = new Float64Array(samples + 2 * margin);
  out.set(window.subarray(0, samples), margin);
  for (let at = 1; at <= margin; at++) {
    out[margin - at] = out[margin + at] ?? 0;
    out[margin + samples - 1 + at] = out[margin + samples - 1 - at] ?? 0;
  }
  return out;
}

/** @throws AppError `model-corrupted` for numbers that cannot be */
export function openFeatures(config: JsonObject): Features {
  const [bands, rate, hop, size] = [
    numberIn(config, 'feature_size'),
    numberIn(config, 'sampling_rate'),
    numberIn(config, 'hop_length'),
    numberIn(config, 'n_fft'),
  ];
  const samples = numberIn(config, 'chunk_length') * rate;
  const frames = Math.floor(samples / hop);
  const spectra = createPowerSpectra(size);
  if (spectra === null || size % 2 !== 0) throw useless(`frames of ${size} samples are not computed`);
  const bins = size / 2 + 1;
  const { mel_filters } = config;
  const all = mel_filters == null ? computedBands(bands, bins, rate) : writtenBands(mel_filters, bands, bins);
  const hann = Float64Array.from({ length: size }, (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / size));

  return {
    ...{ rate, samples, bands, frames },
    async of(window, pause) {
      const sound = mirrored(window, samples, size / 2);
      const pair = [new Float64Array(size), new Float64Array(size)] as const;
      const powers = [new Float64Array(bins), new Float64Array(bins)] as const;
      const out = new Float32Array(bands * frames);
      let loudest = Number.NEGATIVE_INFINITY;
      for (let at = 0; at < frames; at += 2) {
        if (at % TURN === 0) await pause();
        for (const [which, frame] of pair.entries())
          for (let index = 0; index < size; index++)
            frame[index] = (sound[(at + which) * hop + index] ?? 0) * (hann[index] ?? 0);
        spectra(pair, powers);
        for (const [which, power] of powers.entries()) {
          if (at + which >= frames) break;
          for (const [band, { first, weights }] of all.entries()) {
            let sum = 0;
            for (let index = 0; index < weights.length; index++)
              sum += (weights[index] ?? 0) * (power[first + index] ?? 0);
            const loudness = Math.log10(Math.max(SILENCE, sum));
            out[band * frames + at + which] = loudness;
            loudest = Math.max(loudest, loudness);
          }
        }
      }
      for (let index = 0; index < out.length; index++)
        out[index] = (Math.max(out[index] ?? 0, loudest - RANGE) + 4) / 4;
      return out;
    },
  };
}
