/** What the files beside an ONNX model say about it: `config.json` as transformers writes it. */
import path from 'node:path';
import { type Bounds, parseBounded } from '../../../../contract/kernel/bounds.ts';
import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { MAX_PICTURE } from '../../../../contract/models/analysis.ts';
import { EngineUse } from '../../../../contract/models/engine.ts';
import type { ModelType } from '../../../../contract/models/models.ts';
import { readOwned } from '../../../core/disk/owned-reads.ts';
import { MalformedFile } from './byte-reader.ts';
import { contentPath } from './content-path.ts';
import { fileAt } from './discover.ts';
import { countOf, type MemoryFacts, type ModelFacts, wordOf } from './facts.ts';

const MAX_CONFIG = 4 * 1024 * 1024;
const CONFIG_BOUNDS: Bounds = { depth: 24, members: 400_000, string: 1_000_000, size: MAX_CONFIG };

/** A JSON file of the folder; null when there is none. @throws MalformedFile when it is no JSON object */
async function readJson(dir: string, name: string): Promise<JsonObject | null> {
  let bytes: Buffer;
  const file = await contentPath(path.join(dir, name));
  if (file === null) throw new MalformedFile(`Its ${name} is a link to elsewhere.`);
  try {
    bytes = await readOwned(path.dirname(file), file, MAX_CONFIG);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new MalformedFile(`Its ${name} cannot be read.`);
  }
  try {
    const parsed = parseBounded(bytes.toString('utf8'), CONFIG_BOUNDS);
    if (isJsonObject(parsed)) return parsed;
  } catch {
    // Said below.
  }
  throw new MalformedFile(`Its ${name} is not a JSON object.`);
}

const SPEECH = /whisper|wav2vec|hubert|moonshine|CTC$|SpeechSeq2Seq/i;
const VISION = /vision|clip|vit|blip|florence|llava|ImageTextToText/i;

/** A pooling beside a model that could write makes it one for vectors. */
function typeOf(config: JsonObject, pools: boolean): ModelType {
  const [first] = Array.isArray(config.architectures) ? config.architectures : [];
  const name = wordOf(first) ?? '';
  const labels = isJsonObject(config.id2label) ? Object.keys(config.id2label).length : countOf(config.num_labels);
  if (/TokenClassification$/.test(name)) return 'ner';
  if (/SequenceClassification$/.test(name)) return labels === 1 ? 'rerank' : 'classification';
  if (/CausalLM$/.test(name)) return pools ? 'embedding' : 'chat';
  if (SPEECH.test(`${name} ${wordOf(config.model_type) ?? ''}`)) return 'speech';
  if (VISION.test(`${name} ${wordOf(config.model_type) ?? ''}`)) return 'vision';
  return pools || /Model$|MaskedLM$/.test(name) ? 'embedding' : 'other';
}

const isThere = async (dir: string, name: string) => (await fileAt(path.join(dir, name))) !== null;

/** Numbers in the cache have the type that the model computes with. */
const isHalf = (variant: string) => variant === 'fp16' || variant === 'q4f16';

/** Numbers of the encoder: places that see each other, how wide they are, and bytes of a picture; null for other models and those that do not tell. */
function encoderOf(
  config: JsonObject,
  type: ModelType,
): { places: number; width: number; inner: number; heads: number; picture: number } | null {
  const own = isJsonObject(config.encoder) ? config.encoder : config;
  if (type === 'speech') {
    const [places, width] = [countOf(config.max_source_positions), countOf(config.d_model)];
    if (places === null || width === null) return null;
    const inner = countOf(config.encoder_ffn_dim) ?? 4 * width;
    return { places, width, inner, heads: countOf(config.encoder_attention_heads) ?? 1, picture: 0 };
  }
  const [width, side, patch] = [countOf(own.hidden_size), countOf(own.image_size, 4096), countOf(own.patch_size, 4096)];
  if (type !== 'vision' || width === null || side === null || patch === null) return null;
  const inner = countOf(own.intermediate_size) ?? 4 * width;
  // The largest picture on its way to the size that the model gets: as narrow already, as high still.
  const picture = 3 * MAX_PICTURE.side * Math.min(side, MAX_PICTURE.given);
  const places = Math.ceil(side / patch) ** 2 + 1;
  return { places, width, inner, heads: countOf(own.num_attention_heads) ?? 1, picture };
}

const FLOAT = 4;

/** What an encoder-decoder model computes with, and what its decoder keeps. */
function encoderDecoderOf(config: JsonObject, type: ModelType) {
  const encoder = encoderOf(config, type);
  if (encoder === null) return null;
  const decoder = isJsonObject(config.decoder) ? config.decoder : config;
  const layers = countOf(decoder.decoder_layers) ?? countOf(decoder.n_layer) ?? countOf(decoder.num_hidden_layers);
  const width = countOf(decoder.d_model) ?? countOf(decoder.n_embd) ?? countOf(decoder.hidden_size);
  if (layers === null || width === null) return null;
  const { places, inner, heads, picture } = encoder;
  const computes = places * (4 * encoder.width + 2 * inner) + 2 * places * places * heads;
  // Keys and values of each place, before and after a step.
  const seen = 4 * layers * width * places;
  return {
    ...{ layers, embedding: width, cached_per_token: 2 * layers * width },
    feed_forward: countOf(decoder.decoder_ffn_dim) ?? 4 * width,
    heads: countOf(decoder.decoder_attention_heads) ?? countOf(decoder.n_head) ?? 1,
    vocabulary: countOf(decoder.vocab_size) ?? 0,
    encoder: (computes + seen) * FLOAT + picture,
  };
}

function memoryOf(
  config: JsonObject,
  { type, variant, weights }: { type: ModelType; variant: string; weights: number },
): MemoryFacts | null {
  const encoderDecoder = encoderDecoderOf(config, type);
  if (encoderDecoder !== null) {
    const { encoder, ...facts } = { ...encoderDecoder, weights };
    if (!Object.values({ ...facts, encoder }).every((value) => Number.isSafeInteger(value))) return null;
    return { ...facts, onnx: { cache_bytes: isHalf(variant) ? 2 : 4, encoder } };
  }
  const layers = countOf(config.num_hidden_layers) ?? countOf(config.n_layer);
  const embedding = countOf(config.hidden_size) ?? countOf(config.n_embd) ?? countOf(config.d_model);
  const heads = countOf(config.num_attention_heads) ?? countOf(config.n_head) ?? 1;
  if (layers === null || embedding === null) return null;
  const size = countOf(config.head_dim, 65_536) ?? Math.round(embedding / heads);
  const cached = type === 'chat' ? 2 * layers * (countOf(config.num_key_value_heads) ?? heads) * size : 0;
  const facts = {
    weights,
    layers,
    embedding,
    feed_forward: countOf(config.intermediate_size) ?? 4 * embedding,
    heads,
    cached_per_token: cached,
    vocabulary: countOf(config.vocab_size) ?? 0,
  };
  // A file may claim any numbers; what cannot be is no ground for an estimate.
  if (!Object.values(facts).every((value) => Number.isSafeInteger(value))) return null;
  return { ...facts, onnx: { cache_bytes: isHalf(variant) ? 2 : 4 } };
}

/** Types that read or write text, with the tokenizer of their own files. */
const READERS: ReadonlySet<ModelType> = new Set(EngineUse.options);
const REASON_WITHOUT_TOKENIZER = 'It has no tokenizer.json, without which it cannot read or write text.';

/** The longest input that all files agree on. */
function contextOf(config: JsonObject, tokenizer: JsonObject | null, sentences: JsonObject | null): number | null {
  const text = isJsonObject(config.decoder) ? config.decoder : config;
  const positions =
    countOf(text.max_target_positions) ?? countOf(text.max_position_embeddings) ?? countOf(text.n_positions);
  const known = [positions, countOf(tokenizer?.model_max_length), countOf(sentences?.max_seq_length)];
  const counts = known.filter((count) => count !== null);
  return counts.length === 0 ? null : Math.min(...counts);
}

/** Of a model whose main file is a decoder: the file with its encoder, and whether that is there. */
export interface OnnxEncoderDecoder {
  encoder: string;
  isThere: boolean;
}

/** Models of speech or pictures are run when they are made of an encoder and a decoder; all others of them are only listed. */
function usableType(type: ModelType, encoderDecoder: OnnxEncoderDecoder | null): ModelType {
  if (type !== 'speech' && type !== 'vision') return type;
  if (encoderDecoder === null) return 'other';
  if (!encoderDecoder.isThere)
    throw new MalformedFile(`Its ${encoderDecoder.encoder} is missing; a decoder alone is of no use.`);
  return type;
}

/** The last part of a path of whatever system the model was made on. */
const nameOf = (value: unknown): string | null =>
  typeof value !== 'string' ? null : wordOf(value.split(/[\\/]+/).findLast((part) => part.trim() !== ''));

/** @throws MalformedFile when a file that the engine needs is missing or damaged */
export async function onnxFacts(
  dir: string,
  variant: string,
  weights: number,
  encoderDecoder: OnnxEncoderDecoder | null,
): Promise<ModelFacts> {
  const config = await readJson(dir, 'config.json');
  if (config === null) throw new MalformedFile('It has no config.json, so nobody can tell what it is.');
  const tokenizer = await readJson(dir, 'tokenizer_config.json');
  const pools = (await readJson(dir, '1_Pooling/config.json')) !== null;
  const type = usableType(typeOf(config, pools), encoderDecoder);
  const reads = READERS.has(type);
  if (reads && !(await isThere(dir, 'tokenizer.json'))) throw new MalformedFile(REASON_WITHOUT_TOKENIZER);
  return {
    format: 'onnx',
    type,
    name: nameOf(config._name_or_path),
    architecture: wordOf(config.model_type, 64),
    parameters: null,
    quant: variant,
    context_length: contextOf(config, tokenizer, await readJson(dir, 'sentence_bert_config.json')),
    layers: countOf(config.num_hidden_layers) ?? countOf(config.n_layer),
    embedding_size: countOf(config.hidden_size) ?? countOf(config.n_embd) ?? countOf(config.d_model),
    vocabulary: countOf(config.vocab_size),
    chat_template: (tokenizer?.chat_template ?? null) !== null || (await isThere(dir, 'chat_template.jinja')),
    tokenizer: tokenizer === null ? null : wordOf(tokenizer.tokenizer_class, 64),
    license: null,
    memory: memoryOf(config, { type, variant, weights }),
  };
}
