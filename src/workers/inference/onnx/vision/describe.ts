/** What is to be seen in a picture, in words. */
import { Tensor } from 'onnxruntime-node';
import { MAX_MEDIA } from '../../../../contract/models/analysis.ts';
import type { EngineAnswer, EngineAsk, EngineItem } from '../../../../contract/models/engine.ts';
import type { Call } from '../../../shared/serve.ts';
import { createPause } from '../../text/deadline.ts';
import { withMedia } from '../media/open.ts';
import { openPng } from '../media/png.ts';
import { suppression, writeGreedily } from '../seq2seq/greedy.ts';
import {
  type EncoderDecoder,
  type EncoderDecoderFiles,
  encode,
  loadEncoderDecoder,
  withWriting,
} from '../seq2seq/model.ts';
import { openPixels, type Pixels } from './pixels.ts';

const SEES = 'pixel_values';

/** A model that describes pictures. */
export interface VisionModel extends EncoderDecoder {
  readonly use: 'vision';
  readonly pixels: Pixels;
}

/** @throws AppError `model-corrupted` */
export async function loadVision(
  where: Parameters<typeof loadEncoderDecoder>[0],
  files: EncoderDecoderFiles,
  contextLength: number,
): Promise<VisionModel> {
  const pixels = openPixels((await files.folder.object('preprocessor_config.json')) ?? {});
  const { width, height } = pixels.size;
  const encoderDecoder = await loadEncoderDecoder(where, files, {
    input: SEES,
    sample: () => new Tensor('float32', new Float32Array(3 * width * height), [1, 3, height, width]),
    contextLength,
  });
  return { ...encoderDecoder, use: 'vision', pixels, facts: { ...encoderDecoder.facts, capabilities: ['vision'] } };
}

export async function describe(
  model: VisionModel,
  { file }: Extract<EngineAsk, { op: 'describe' }>,
  { signal, emit }: Call<EngineItem>,
): Promise<EngineAnswer> {
  const { pixels, encoder, decoder, tokenizer, start, ends, maxLength, suppressed } = model;
  const seen = await withMedia(file, MAX_MEDIA.bytes, async (media) => {
    const picture = await openPng(media);
    const values = await pixels.of(picture, createPause(signal));
    return { values, width: picture.width, height: picture.height };
  });
  await emit({ t: 'reading', percent: 30 });
  const { width, height } = pixels.size;
  const states = await encode(encoder, SEES, new Tensor('float32', seen.values, [1, 3, height, width]));
  await emit({ t: 'reading', percent: 60 });
  const { tokens, truncated } = await withWriting(decoder, states, (writing) =>
    writeGreedily(writing, {
      ...{ prompt: [start], ends, maxLength, signal },
      adjust: suppression(suppressed.never, suppressed.notFirst),
    }),
  );
  const text = tokenizer.detokenize(tokens, []).trim();
  return { t: 'described', text, tokens: tokens.length, truncated, width: seen.width, height: seen.height };
}
