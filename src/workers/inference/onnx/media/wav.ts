/**
 * Recordings in WAV files, read in pieces. Format: Multimedia Programming Interface and Data Specifications 1.0 (RIFF), and WAVEFORMATEXTENSIBLE
 * of Microsoft. Nothing that a header says is believed before it was compared with the file.
 */
import { kindOf, type MediaFile, unreadable } from './open.ts';

/** Sound as a model takes it: one channel. */
export interface Recording {
  /** Samples a second. */
  readonly rate: number;
  readonly samples: number;
  /** Samples from -1 to 1, a piece at a time; channels are mixed. */
  pieces(): AsyncGenerator<Float32Array, void, void>;
}

/** Bounds of what is believed. Nobody speaks on more channels, and no microphone has higher rates. */
const RATES = { least: 4_000, most: 384_000 };
const MAX_CHANNELS = 8;
const MAX_CHUNKS = 1_000;
const PIECE_SAMPLES = 16_384;
/** Programs that write while they record do not know the length. */
const UNKNOWN_LENGTH = 0xffff_ffff;

const INTEGER = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

const HOW = 'Convert it, for example with: ffmpeg -i recording -ac 1 -ar 16000 recording.wav';

type ReadSample = (view: DataView, at: number) => number;
/** By the format and the bits of a sample. */
const SAMPLES: Readonly<Record<string, ReadSample>> = {
  [`${INTEGER}:8`]: (view, at) => (view.getUint8(at) - 128) / 128,
  [`${INTEGER}:16`]: (view, at) => view.getInt16(at, true) / 2 ** 15,
  [`${INTEGER}:24`]: (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 2 ** 16) / 2 ** 23,
  [`${INTEGER}:32`]: (view, at) => view.getInt32(at, true) / 2 ** 31,
  [`${FLOAT}:32`]: (view, at) => view.getFloat32(at, true),
  [`${FLOAT}:64`]: (view, at) => view.getFloat64(at, true),
};

interface Format {
  rate: number;
  channels: number;
  /** Bytes of one sample of one channel. */
  width: number;
  sample: ReadSample;
}

function formatOf(chunk: Buffer): Format {
  if (chunk.length < 16) throw unreadable('The head of the WAV file is cut off; the file is incomplete.');
  const tag = chunk.readUInt16LE(0);
  const format = tag === EXTENSIBLE && chunk.length >= 26 ? chunk.readUInt16LE(24) : tag;
  const [channels, rate, frame, bits] = [
    chunk.readUInt16LE(2),
    chunk.readUInt32LE(4),
    chunk.readUInt16LE(12),
    chunk.readUInt16LE(14),
  ];
  const sample = SAMPLES[`${format}:${bits}`];
  if (sample === undefined)
    throw unreadable(`The WAV file holds samples of format ${format} with ${bits} bits, which are not read. ${HOW}`);
  if (channels < 1 || channels > MAX_CHANNELS)
    throw unreadable(`The WAV file says that it has ${channels} channels; 1 to ${MAX_CHANNELS} are read. ${HOW}`);
  if (rate < RATES.least || rate > RATES.most)
    throw unreadable(
      `The WAV file says that it has ${rate} samples a second; ${RATES.least} to ${RATES.most} are read. ${HOW}`,
    );
  if (frame !== (channels * bits) / 8)
    throw unreadable(`The WAV file contradicts itself about the size of its samples; it is damaged. ${HOW}`);
  return { rate, channels, width: bits / 8, sample };
}

/** Where the sound is in the file. */
async function soundOf(file: MediaFile): Promise<{ format: Format; at: number; bytes: number }> {
  const head = await file.read(0, 16);
  if (!/^RIFF.{4}WAVE/s.test(head.toString('latin1')))
    throw unreadable(`This file is ${kindOf(head)}; recordings are read from WAV files. ${HOW}`);
  let format: Format | null = null;
  for (let at = 12, chunks = 0; at + 8 <= file.size; chunks++) {
    if (chunks >= MAX_CHUNKS) break;
    const chunk = await file.read(at, 8);
    const [name, length] = [chunk.toString('latin1', 0, 4), chunk.readUInt32LE(4)];
    const left = file.size - at - 8;
    if (name === 'fmt ') format = formatOf(await file.read(at + 8, Math.min(length, 40)));
    if (name === 'data') {
      if (format === null) throw unreadable(`The WAV file does not say what its samples are; it is damaged. ${HOW}`);
      if (length !== UNKNOWN_LENGTH && length > left)
        throw unreadable(
          `The WAV file says that it holds ${length} bytes of sound, but has ${left}; it is incomplete.`,
        );
      return { format, at: at + 8, bytes: Math.min(length, left) };
    }
    at += 8 + length + (length % 2);
  }
  throw unreadable('The WAV file holds no sound; it is incomplete or damaged.');
}

/** @throws AppError `unprocessable-entity` for what is no WAV file, or one that cannot be what it says */
export async function openWav(file: MediaFile): Promise<Recording> {
  const { format, at, bytes } = await soundOf(file);
  const { rate, channels, width, sample } = format;
  const frame = channels * width;
  const samples = Math.floor(bytes / frame);
  if (samples === 0) throw unreadable('The recording is empty.');
  return {
    rate,
    samples,
    async *pieces() {
      for (let done = 0; done < samples; ) {
        const count = Math.min(PIECE_SAMPLES, samples - done);
        const content = await file.read(at + done * frame, count * frame);
        if (content.length < count * frame) throw unreadable('The recording became shorter while it was read.');
        const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
        yield Float32Array.from({ length: count }, (_, index) => {
          let sum = 0;
          for (let channel = 0; channel < channels; channel++) sum += sample(view, index * frame + channel * width);
          return Number.isFinite(sum) ? sum / channels : 0;
        });
        done += count;
      }
    },
  };
}
