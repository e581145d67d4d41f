import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { EncoderDecoderShape } from '../../../../../tests/support/models/onnx-decoder-graph.ts';
import { SIDE, writeOnnxCaptioner, writeOnnxSpeech } from '../../../../../tests/support/models/onnx-encoder-decoder.ts';
import { writeOnnxFolder } from '../../../../../tests/support/models/onnx-writer.ts';
import { MAX_PICTURE } from '../../../../contract/models/analysis.ts';
import { graphsOf } from '../../../../contract/models/encoder-decoder.ts';
import { discover } from './discover.ts';
import { inspect } from './inspect.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-encoder-decoder-'));
afterAll(() => fs.rmSync(root, { recursive: true }));
let count = 0;
/** An encoder of few numbers, so that the picture is what counts. */
const SEER = { model_type: 'vit', hidden_size: 32, num_attention_heads: 2, patch_size: 128 };

/** What is found in a folder of its own. */
async function found(write: (dir: string) => void) {
  const dir = path.join(root, `m${count++}`);
  write(path.join(dir, 'o', 'model'));
  const [candidate] = await discover(dir);
  if (candidate === undefined) throw new Error('nothing was found');
  return { ...(await inspect(candidate)), candidate };
}
const bytesOf = (candidate: { files: readonly { path: string; bytes: number }[] }, ...names: string[]) =>
  candidate.files.filter((file) => names.includes(path.basename(file.path))).reduce((sum, { bytes }) => sum + bytes, 0);

test.each([
  ['decoder_model_merged.onnx', 'encoder_model.onnx', null],
  ['decoder_model_merged_quantized.onnx', 'encoder_model_quantized.onnx', null],
  ['decoder_model.onnx', 'encoder_model.onnx', 'decoder_with_past_model.onnx'],
  ['decoder_model_q4f16.onnx', 'encoder_model_q4f16.onnx', 'decoder_with_past_model_q4f16.onnx'],
])('to %s belong %s and %s', (decoder, encoder, later) => {
  expect(graphsOf(decoder)).toEqual({ encoder, later });
});
test.each(['model.onnx', 'encoder_model.onnx', 'decoder_with_past_model.onnx'])('%s is no decoder', (name) => {
  expect(graphsOf(name)).toBeNull();
});

// Catches an estimate from one graph, and a text that may be as long as a tokenizer says.
test('models of speech and pictures are known by their files, with the weights of both graphs', async () => {
  const ears = await found((dir) => writeOnnxSpeech(dir));
  expect(ears.facts).toMatchObject({ type: 'speech', architecture: 'whisper', context_length: 64 });
  const encoderDecoder = bytesOf(ears.candidate, 'encoder_model.onnx', 'decoder_model_merged.onnx');
  expect(ears.facts?.memory).toMatchObject({ weights: encoderDecoder });
  const two = await found((dir) => writeOnnxSpeech(dir, { decoder: 'two' }));
  expect(two.facts?.memory?.weights).toBe(
    bytesOf(two.candidate, 'encoder_model.onnx', 'decoder_model.onnx', 'decoder_with_past_model.onnx'),
  );
  const eyes = await found((dir) => writeOnnxCaptioner(dir));
  expect(eyes.facts).toMatchObject({ type: 'vision', context_length: 64 });
  // Catches a picture of which nobody counts that it is in memory at its full height while it is made narrow.
  const picture = (side: number) => 3 * MAX_PICTURE.side * side;
  const wide = await found((dir) =>
    writeOnnxCaptioner(dir, { files: { 'config.json': { encoder: { ...SEER, image_size: 512 } } } }),
  );
  expect(eyes.facts?.memory?.onnx?.encoder).toBeGreaterThan(picture(SIDE));
  expect(eyes.facts?.memory?.onnx?.encoder).toBeLessThan(picture(2 * SIDE));
  expect(wide.facts?.memory?.onnx?.encoder).toBeGreaterThan(picture(512));
  // Scores of 1 500 places of sound, for each of two heads, before and after they are weighed.
  expect(ears.facts?.memory?.onnx?.encoder).toBeGreaterThan(2 * 2 * 1500 * 1500 * 4);
});

test('without its encoder or its tokenizer such a model cannot be used, and says why', async () => {
  const without = (file: string, shape: Partial<EncoderDecoderShape> = {}) =>
    found((dir) => {
      writeOnnxSpeech(dir, shape);
      fs.rmSync(path.join(dir, file));
    });
  expect((await without('onnx/encoder_model.onnx')).problem).toContain('encoder_model.onnx is missing');
  expect((await without('tokenizer.json')).problem).toContain('tokenizer.json');
});

test('models of speech or pictures of another form are listed as of a type that nothing runs', async () => {
  for (const config of [
    { architectures: ['Wav2Vec2ForCTC'], model_type: 'wav2vec2' },
    { architectures: ['CLIPModel'], model_type: 'clip' },
  ])
    expect((await found((dir) => writeOnnxFolder(dir, config))).facts?.type).toBe('other');
});

test('numbers that cannot be are no ground for an estimate', async () => {
  const config = { max_source_positions: 9_999_999, d_model: 9_999_999, encoder_attention_heads: 9_999_999 };
  const { facts } = await found((dir) => writeOnnxSpeech(dir, { files: { 'config.json': config } }));
  expect(facts?.memory).toBeNull();
});
