import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AutoModelForSpeechSeq2Seq, AutoProcessor, AutoTokenizer } from '@huggingface/transformers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine } from '../../../../../tests/support/engine.ts';
import { libraryOn } from '../../../../../tests/support/models/library.ts';
import { babble, type Sound, wav, written } from '../../../../../tests/support/models/media.ts';
import {
  FIRST_TIME,
  SPEECH_TOKENS,
  writeOnnxSpeech,
} from '../../../../../tests/support/models/onnx-encoder-decoder.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { openFeatures } from './mel.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tabagent-speech-'));
const at = (name: string) => path.join(folder, name);
const FULL = libraryOn(folder);

const engine = openEngine('onnx');
const load = (name: string, shape: Parameters<typeof writeOnnxSpeech>[1]) =>
  engine.load(writeOnnxSpeech(at(name), { seed: 3, ...shape }), { model: name, type: 'speech', context_length: 64 });
beforeAll(async () => {
  await load('merged', { decoder: 'merged' });
  await load('two', { decoder: 'two' });
  await load('plain', { decoder: 'plain' });
  await load('short', { seconds: 2, seed: 4 });
  await load('english', { seconds: 2, files: { 'generation_config.json': { is_multilingual: false } } });
}, 120_000);
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Wish {
  model?: string;
  language?: string | null;
  translate?: boolean;
  timestamps?: boolean;
}
const askOf = (file: string, wish: Wish = {}) =>
  ({ op: 'transcribe', model: 'short', language: 'en', translate: false, timestamps: false, file, ...wish }) as const;
async function transcribed(file: string, wish: Wish = {}) {
  const { answer, items, text } = await engine.run(askOf(file, wish));
  if (answer.t !== 'transcribed') throw new Error(answer.t);
  return { ...answer, items, told: text };
}
const recording = (name: string, seconds: number, sound: Sound = babble()) =>
  written(at(`${name}.wav`), wav(sound, { seconds }));
/** What the file holds. */
const samples = (sound: Sound, seconds: number) =>
  Float32Array.from({ length: seconds * 16_000 }, (_, index) => Math.round(sound(index / 16_000) * 32_767) / 32_768);

async function library() {
  const [processor, tokenizer, model] = await Promise.all([
    AutoProcessor.from_pretrained('merged'),
    AutoTokenizer.from_pretrained('merged'),
    AutoModelForSpeechSeq2Seq.from_pretrained('merged', FULL),
  ]);
  const textOf = (tokens: number[]) =>
    tokenizer.decode(
      tokens.filter((token) => token < FIRST_TIME),
      { skip_special_tokens: true, clean_up_tokenization_spaces: false },
    );
  /** Tokens behind those that it was given. */
  async function write(sound: Float32Array, wish: object, given: number) {
    const { input_features } = await processor(sound);
    const made = (await model.generate({ inputs: input_features, ...wish } as never)) as { tolist(): bigint[][] };
    return (made.tolist()[0] ?? []).map(Number).slice(given);
  }
  return { processor, textOf, write };
}

describe('features', () => {
  // Catches a window that is not periodic, ends that are not mirrored, other bands, and a range that is cut elsewhere.
  test.each([
    ['a whole window', 30],
    ['one that ends with silence', 3.5],
  ])(
    'of %s are those of the library used directly',
    async (_what, seconds) => {
      const { processor } = await library();
      const wanted = (await processor(samples(babble(), seconds))).input_features as {
        data: Float32Array;
        dims: number[];
      };
      const { mel_filters, ...named } = processor.feature_extractor?.config as unknown as JsonObject;
      for (const config of [named, { ...named, mel_filters: mel_filters ?? null }]) {
        const features = openFeatures(config);
        const found = await features.of(samples(babble(), seconds), async () => undefined);
        expect(wanted.dims).toEqual([1, features.bands, features.frames]);
        const worst = found.reduce(
          (most, value, index) => Math.max(most, Math.abs(value - (wanted.data[index] ?? 0))),
          0,
        );
        expect(worst).toBeLessThan(1e-4);
      }
    },
    60_000,
  );

  test('by numbers that cannot be are refused before anything is allocated', () => {
    for (const config of [
      { n_fft: 2 ** 30 },
      { n_fft: 4093 },
      { hop_length: 0 },
      { feature_size: 1e9 },
      { chunk_length: 1e6 },
    ])
      expect(() => openFeatures(config)).toThrow(/cannot be used here/);
    expect(() => openFeatures({ mel_filters: [[1, 2, 3]] })).toThrow(/another shape/);
  });
});

describe('text', () => {
  // Catches keys and values of the encoder that are lost or computed anew, tokens of another language or task, and suppressed ones that are written.
  test.each([
    ['en', 'transcribe'],
    ['de', 'translate'],
  ] as const)(
    'in %s (%s) is that of the library used directly, with each form of decoder',
    async (language, task) => {
      const { textOf, write } = await library();
      const tokens = await write(samples(babble(), 5), { language, task }, 4);
      expect(new Set(tokens).size).toBeGreaterThan(5);
      const file = recording('five', 5);
      for (const model of ['merged', 'two', 'plain']) {
        const found = await transcribed(file, { model, language, translate: task === 'translate' });
        expect(found).toMatchObject({ text: textOf(tokens).trim(), tokens: tokens.length, windows: 1, language });
        expect(found).toMatchObject({ segments: null, seconds: 5, told: textOf(tokens) });
      }
    },
    60_000,
  );

  test('with times begins with the segment that the library used directly writes', async () => {
    const { textOf, write } = await library();
    const wish = { language: 'en', task: 'transcribe', return_timestamps: true, max_new_tokens: 60 };
    const sound: Sound = (t) => (t < 5 ? babble()(t) : 0);
    const tokens = await write(samples(sound, 30), wish, 3);
    const [begin = 0, ...rest] = tokens;
    const end = rest.findIndex((token) => token >= FIRST_TIME);
    expect(begin).toBeGreaterThanOrEqual(FIRST_TIME);
    expect(end).toBeGreaterThan(2);
    const { segments } = await transcribed(recording('thirty', 30, sound), { model: 'merged', timestamps: true });
    const time = (token = 0) => Math.round((token - FIRST_TIME) * 2) / 100;
    const first = { start: time(begin), end: time(rest[end]), text: textOf(rest.slice(0, end)).trim() };
    expect(segments?.[0]).toEqual(first);
  }, 60_000);

  test('is in the language that the model detects when none is told', async () => {
    const file = recording('two', 2);
    const found = await transcribed(file, { language: null });
    expect(['en', 'de', 'fr']).toContain(found.language);
    expect(found.text).toBe((await transcribed(file, { language: found.language })).text);
    expect(await transcribed(file, { model: 'english', language: null })).toMatchObject({ language: null });
  });

  test('is another one for another sound, and for stereo at another rate nearly the same features', async () => {
    const one = await transcribed(recording('one', 2, babble(1)));
    expect((await transcribed(recording('other', 2, babble(5)))).text).not.toBe(one.text);
    const stereo = written(
      at('stereo.wav'),
      wav([(t) => 2 * babble(1)(t), () => 0], { channels: 2, rate: 48_000, seconds: 2, bits: 24 }),
    );
    expect(await transcribed(stereo)).toMatchObject({ seconds: 2, windows: 1 });
  });
});

describe('a long recording', () => {
  // Catches windows that are skipped, times that begin anew in each, and a text that ends with the first window.
  test('is read to its end, with times of the whole, in order', async () => {
    const found = await transcribed(recording('nine', 9), { timestamps: true });
    expect(found.windows).toBeGreaterThanOrEqual(5);
    const times = (found.segments ?? []).flatMap(({ start, end }) => [start, end]);
    expect(times.length).toBeGreaterThan(8);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(times.at(-1)).toBeLessThanOrEqual(9);
    expect(times.at(-1)).toBeGreaterThan(7);
    const percents = found.items.flatMap((item) => (item.t === 'reading' ? [item.percent] : []));
    expect(percents.at(-1)).toBe(100);
    expect(percents).toEqual([...percents].sort((one, other) => one - other));
    expect((await transcribed(at('nine.wav'))).text).toBe(found.text);
    expect(found.told.trim()).toBe(found.text);
  }, 60_000);

  test('ends at once when nobody waits for it', async () => {
    const gone = new AbortController();
    const stream = engine.client.stream(askOf(recording('long', 60)), { idleMs: 20_000, signal: gone.signal });
    await stream.next();
    gone.abort();
    await expect(
      (async () => {
        while (!(await stream.next()).done);
      })(),
    ).rejects.toMatchObject({ slug: 'cancelled' });
    expect(engine.pids).toHaveLength(1);
    expect((await transcribed(at('two.wav'))).windows).toBe(1);
  }, 60_000);
});

describe('what cannot be done', () => {
  test.each([
    ['a language that the model does not know', { language: 'tlh' }, /knows en, de, fr/],
    ['a language for a model of one', { model: 'english' }, /one language only/],
    ['a translation by a model of one', { model: 'english', language: null, translate: true }, /multilingual/],
  ])('is refused with what to do: %s', async (_what, wish, words) => {
    const failure = transcribed(recording('two', 2), wish);
    await expect(failure).rejects.toMatchObject({
      slug: 'unprocessable-entity',
      message: expect.stringMatching(words),
    });
  });

  // Catches links that lead to other files, pipes that nobody writes to, and paths that are no recordings.
  test('files that are none are refused', async () => {
    symlinkSync(recording('two', 2), at('link.wav'));
    mkdirSync(at('folder.wav'));
    for (const name of ['link.wav', 'folder.wav', 'missing.wav'])
      await expect(transcribed(at(name))).rejects.toMatchObject({ slug: 'unprocessable-entity' });
    const mp3 = written(at('a.mp3'), Buffer.from('ID3\u0003 and so on, long enough'));
    await expect(transcribed(mp3)).rejects.toMatchObject({ message: expect.stringMatching(/is MP3.*ffmpeg/s) });
  });

  test('models of another shape are refused when they are loaded, with the reason', async () => {
    const wrong = (name: string, files: Record<string, object>) =>
      expect(load(name, { seconds: 2, files })).rejects.toMatchObject({ slug: 'model-corrupted' });
    await wrong('huge', { 'preprocessor_config.json': { n_fft: 1e9 } });
    await wrong('bands', { 'preprocessor_config.json': { feature_size: 128 } });
    const file = writeOnnxSpeech(at('half'), { seconds: 2 });
    rmSync(path.join(at('half'), 'onnx', 'encoder_model.onnx'));
    await expect(engine.load(file, { model: 'half', type: 'speech' })).rejects.toMatchObject({
      message: expect.stringContaining('encoder_model.onnx is missing'),
    });
    expect(SPEECH_TOKENS.endoftext).toBeLessThan(FIRST_TIME);
  });
});

// Catches a recording of days that is read to its end: a header of a few bytes is enough for one.
test('a recording of more than four hours is refused before it is read', async () => {
  const sparse = (name: string, seconds: number) => {
    const [rate, file] = [4_000, at(`${name}.wav`)];
    const head = wav(() => 0, { rate, bits: 8, seconds: 0 });
    head.writeUInt32LE(rate * seconds, head.length - 4);
    head.writeUInt32LE(head.length + rate * seconds - 8, 4);
    writeFileSync(file, head);
    truncateSync(file, head.length + rate * seconds);
    return file;
  };
  await expect(engine.run(askOf(sparse('days', 4 * 3600 + 60)))).rejects.toMatchObject({
    slug: 'unprocessable-entity',
    message: expect.stringMatching(/241 minutes long; at most 240 are read/),
  });
  const controller = new AbortController();
  const stream = engine.client.stream(askOf(sparse('evening', 4 * 3600)), {
    idleMs: 60_000,
    signal: controller.signal,
  });
  expect((await stream.next()).value).toMatchObject({ t: 'text' });
  controller.abort();
  await expect(stream.next()).rejects.toMatchObject({ slug: 'cancelled' });
});
