/** Small real ONNX models of an encoder and a decoder, with random weights, laid out as Optimum lays out Whisper and ViT with GPT-2. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decoderGraph, type EncoderDecoderShape, encoded } from './onnx-decoder-graph.ts';
import { OnnxGraph } from './onnx-graph.ts';
import { bytePairTokenizer, PAIRS } from './onnx-tokenizers.ts';

const TINY: EncoderDecoderShape = { dim: 32, heads: 2, layers: 2, context: 64, seed: 1, decoder: 'merged', files: {} };

function write(
  dir: string,
  graphs: Record<string, Buffer>,
  files: Record<string, object>,
  changes: Record<string, object>,
) {
  mkdirSync(path.join(dir, 'onnx'), { recursive: true });
  for (const [name, content] of Object.entries(graphs)) writeFileSync(path.join(dir, 'onnx', `${name}.onnx`), content);
  for (const [name, content] of Object.entries({ ...files, ...changes }))
    writeFileSync(path.join(dir, name), JSON.stringify(name in files ? { ...files[name], ...content } : content));
}

/** The decoder's files. @returns the name of the one that an engine opens */
function decoderFiles(shape: EncoderDecoderShape, vocabulary: number, ofEncoder: boolean) {
  const graph = (takes: boolean, answers: boolean) => decoderGraph(shape, vocabulary, { takes, answers, ofEncoder });
  switch (shape.decoder) {
    case 'merged':
      return { decoder_model_merged: graph(true, true) };
    case 'two':
      return { decoder_model: graph(false, true), decoder_with_past_model: graph(true, false) };
    case 'plain':
      return { decoder_model: graph(false, false) };
  }
}
const opened = (dir: string, { decoder }: EncoderDecoderShape) =>
  path.join(dir, 'onnx', decoder === 'merged' ? 'decoder_model_merged.onnx' : 'decoder_model.onnx');

/** Tokens that are told a model for speech, from this one on. */
const END = PAIRS.length;
const NAMES = [
  'endoftext',
  'startoftranscript',
  'en',
  'de',
  'fr',
  'translate',
  'transcribe',
  'nospeech',
  'notimestamps',
];
export const SPEECH_TOKENS = Object.fromEntries(NAMES.map((name, at) => [name, END + at])) as Readonly<
  Record<string, number>
>;
/** Stands for the begin of the window. */
export const FIRST_TIME = END + NAMES.length;
const BANDS = 80;
const HOP = 160;

/** A model for speech. @param seconds of one window @returns the file that an engine opens */
export function writeOnnxSpeech(
  dir: string,
  { seconds = 30, ...changes }: Partial<EncoderDecoderShape> & { seconds?: number } = {},
): string {
  const shape = { ...TINY, ...changes };
  const frames = seconds * 100;
  const places = frames / 2;
  const vocabulary = FIRST_TIME + places + 1;
  const graph = new OnnxGraph();
  const sound = graph.input('input_features', ['batch_size', BANDS, frames], 'float');
  const turned = graph.node('Transpose', [sound], { perm: [0, 2, 1] });
  const patches = graph.node('Reshape', [turned, graph.integers([0, places, 2 * BANDS])]);
  graph.output('last_hidden_state', encoded(graph, shape, patches, 2 * BANDS, places), [
    'batch_size',
    places,
    shape.dim,
  ]);
  const token = (id: number, content: string, special: boolean) => {
    return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special };
  };
  const tokenizer = bytePairTokenizer();
  const times = Array.from({ length: places + 1 }, (_, at) =>
    token(FIRST_TIME + at, `<|${(at * 0.02).toFixed(2)}|>`, false),
  );
  const { endoftext: end, startoftranscript: start } = SPEECH_TOKENS;
  const ids = (...names: string[]) => Object.fromEntries(names.map((name) => [`<|${name}|>`, SPEECH_TOKENS[name]]));
  write(
    dir,
    { encoder_model: graph.file(), ...decoderFiles(shape, vocabulary, true) },
    {
      'config.json': {
        ...{ architectures: ['WhisperForConditionalGeneration'], model_type: 'whisper', is_encoder_decoder: true },
        ...{ d_model: shape.dim, encoder_layers: 1, decoder_layers: shape.layers, num_mel_bins: BANDS },
        ...{ encoder_attention_heads: shape.heads, decoder_attention_heads: shape.heads },
        ...{ encoder_ffn_dim: 2 * shape.dim, decoder_ffn_dim: 2 * shape.dim, vocab_size: vocabulary },
        ...{ max_source_positions: places, max_target_positions: shape.context },
        ...{ decoder_start_token_id: start, eos_token_id: end, bos_token_id: end, pad_token_id: end },
      },
      'generation_config.json': {
        ...{ decoder_start_token_id: start, eos_token_id: end, bos_token_id: end, pad_token_id: end },
        ...{ is_multilingual: true, lang_to_id: ids('en', 'de', 'fr'), max_length: shape.context },
        task_to_id: { translate: SPEECH_TOKENS.translate, transcribe: SPEECH_TOKENS.transcribe },
        ...{ no_timestamps_token_id: SPEECH_TOKENS.notimestamps, max_initial_timestamp_index: places },
        ...{ suppress_tokens: [7, 8, start], begin_suppress_tokens: [9, end] },
      },
      'preprocessor_config.json': {
        ...{
          feature_extractor_type: 'WhisperFeatureExtractor',
          processor_class: 'WhisperProcessor',
          feature_size: BANDS,
        },
        ...{ sampling_rate: 16_000, hop_length: HOP, n_fft: 400, chunk_length: seconds },
        ...{ n_samples: seconds * 16_000, nb_max_frames: frames },
      },
      'tokenizer.json': {
        ...tokenizer,
        added_tokens: [
          ...tokenizer.added_tokens,
          ...NAMES.map((name, at) => token(END + at, `<|${name}|>`, true)),
          ...times,
        ],
      },
      'tokenizer_config.json': {
        tokenizer_class: 'WhisperTokenizer',
        eos_token: '<|endoftext|>',
        model_max_length: 1024,
      },
    },
    shape.files,
  );
  return opened(dir, shape);
}

const PATCH = 8;
/** Pixels of a side of a picture that {@link writeOnnxCaptioner} sees. */
export const SIDE = 32;

/** A model that describes pictures. @returns the file that an engine opens */
export function writeOnnxCaptioner(dir: string, changes: Partial<EncoderDecoderShape> = {}): string {
  const shape = { ...TINY, ...changes };
  const row = SIDE / PATCH;
  const graph = new OnnxGraph();
  const picture = graph.input('pixel_values', ['batch_size', 3, SIDE, SIDE], 'float');
  const cut = graph.node('Reshape', [picture, graph.integers([0, 3, row, PATCH, row, PATCH])]);
  const patches = graph.node('Reshape', [
    graph.node('Transpose', [cut], { perm: [0, 2, 4, 1, 3, 5] }),
    graph.integers([0, row * row, 3 * PATCH * PATCH]),
  ]);
  graph.output('last_hidden_state', encoded(graph, shape, patches, 3 * PATCH * PATCH, row * row), [
    'batch_size',
    row * row,
    shape.dim,
  ]);
  const tokens = { bos_token_id: 0, eos_token_id: 1, pad_token_id: 1, decoder_start_token_id: 0 };
  write(
    dir,
    { encoder_model: graph.file(), ...decoderFiles(shape, PAIRS.length, false) },
    {
      'config.json': {
        ...{ architectures: ['VisionEncoderDecoderModel'], model_type: 'vision-encoder-decoder', ...tokens },
        is_encoder_decoder: true,
        encoder: {
          model_type: 'vit',
          hidden_size: shape.dim,
          num_hidden_layers: 1,
          num_attention_heads: shape.heads,
          image_size: SIDE,
          patch_size: PATCH,
        },
        decoder: {
          model_type: 'gpt2',
          n_embd: shape.dim,
          n_layer: shape.layers,
          n_head: shape.heads,
          n_positions: shape.context,
          vocab_size: PAIRS.length,
        },
      },
      'generation_config.json': tokens,
      'preprocessor_config.json': {
        ...{
          image_processor_type: 'ViTImageProcessor',
          feature_extractor_type: 'ViTFeatureExtractor',
          do_resize: true,
        },
        ...{ size: { width: SIDE, height: SIDE }, resample: 2, do_normalize: true },
        ...{ image_mean: [0.5, 0.4, 0.3], image_std: [0.5, 0.6, 0.7], do_rescale: true, rescale_factor: 1 / 255 },
      },
      'tokenizer.json': bytePairTokenizer(),
      'tokenizer_config.json': {
        tokenizer_class: 'GPT2Tokenizer',
        bos_token: '<s>',
        eos_token: '</s>',
        model_max_length: shape.context,
      },
    },
    shape.files,
  );
  return opened(dir, shape);
}
