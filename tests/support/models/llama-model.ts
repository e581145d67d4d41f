/** Small real models of the llama architecture with random weights, for the engine and for everything that lists, loads and serves models. */
import {
  bool,
  f32,
  f32s,
  i32s,
  type TensorSpec,
  text,
  texts,
  u32,
  type Value,
  type WeightType,
  writeGguf,
} from './gguf-writer.ts';

/** Shape of a model. */
export interface LlamaShape {
  name: string;
  layers: number;
  /** Multiple of 32, as is `hidden`. */
  dim: number;
  hidden: number;
  heads: number;
  kvHeads: number;
  context: number;
  type: WeightType;
  seed: number;
  /** How vectors are made of tokens, which makes it an embedding model: 1 is their mean; 4 makes it a reranker. */
  pooling?: number;
  /** Jinja; a plain one unless said. */
  template?: string;
  /** Values of the header that are others, or more. */
  extra?: Readonly<Record<string, Value>>;
}

/** 300 KB: loads in milliseconds. */
export const TINY: LlamaShape = {
  name: 'Tiny',
  layers: 2,
  dim: 64,
  hidden: 128,
  heads: 4,
  kvHeads: 2,
  context: 512,
  type: 'F16',
  seed: 1,
};

/** 22 MB: small enough that what is around it counts. */
export const SMALL: LlamaShape = {
  ...TINY,
  ...{ name: 'Small', layers: 6, dim: 384, hidden: 1024, heads: 6, kvHeads: 6, context: 1024 },
};

/** 230 MB: large enough that computing it outweighs everything around it. */
export const MEDIUM: LlamaShape = {
  ...TINY,
  ...{ name: 'Medium', layers: 16, dim: 768, hidden: 2048, heads: 12, kvHeads: 12, context: 1024 },
};

export const WORDS =
  'the of and to in is you that it he was for on are with as his they at be this have from or one had by word but not what all were we when your can said there use an each which she do how their if will up other about out many then them these so some her would make like him into time has look two more write go see number no way could people my than first water been call who its now find long down day did get come made may part'.split(
    ' ',
  );

const CHAT_TEMPLATE =
  "{% for message in messages %}<|{{ message['role'] }}|>\n{{ message['content'] }}</s>\n{% endfor %}{% if add_generation_prompt %}<|assistant|>\n{% endif %}";

interface Token {
  text: string;
  score: number;
  type: number;
}

/** Tokens of an SPM tokenizer: a word can be reached only when each of its prefixes is a token too, because pairs are merged by score. */
export function vocabulary(): Token[] {
  const tokens: Token[] = [
    { text: '<unk>', score: 0, type: 2 },
    { text: '<s>', score: 0, type: 3 },
    { text: '</s>', score: 0, type: 3 },
    ...Array.from({ length: 256 }, (_, byte) => ({
      text: `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
      score: 0,
      type: 6,
    })),
  ];
  const seen = new Set<string>();
  const add = (piece: string) => {
    if (seen.has(piece)) return;
    seen.add(piece);
    tokens.push({ text: piece, score: -seen.size, type: 1 });
  };
  add('▁');
  for (const letter of 'abcdefghijklmnopqrstuvwxyz.,!?\'"-:{}[]<>|/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ\n') add(letter);
  for (const word of WORDS) for (let length = 1; length <= word.length; length++) add(`▁${word.slice(0, length)}`);
  // What opens a call of a tool, alone and with what may stand behind it in the same token.
  for (const opening of ['<tool_call>', '<tool_call>{"']) add(opening);
  while (tokens.length % 32 !== 0) tokens.push({ text: `<unused${tokens.length}>`, score: 0, type: 5 });
  return tokens;
}

/** Small deterministic noise (mulberry32), from -1 to 1. */
export function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * 2 - 1;
  };
}

function tensorsOf({ layers, dim, hidden, heads, kvHeads, type, seed }: LlamaShape, vocab: number): TensorSpec[] {
  const random = noise(seed);
  const kv = (dim / heads) * kvHeads;
  const weight = (name: string, ...shape: number[]): TensorSpec => ({
    name: `${name}.weight`,
    shape,
    type,
    fill: () => random() / Math.sqrt(shape[0] ?? 1),
  });
  const norm = (name: string): TensorSpec => ({ name: `${name}.weight`, shape: [dim], type: 'F32', fill: () => 1 });
  return [
    weight('token_embd', dim, vocab),
    norm('output_norm'),
    weight('output', dim, vocab),
    ...Array.from({ length: layers }, (_, layer) => [
      norm(`blk.${layer}.attn_norm`),
      weight(`blk.${layer}.attn_q`, dim, dim),
      weight(`blk.${layer}.attn_k`, dim, kv),
      weight(`blk.${layer}.attn_v`, dim, kv),
      weight(`blk.${layer}.attn_output`, dim, dim),
      norm(`blk.${layer}.ffn_norm`),
      weight(`blk.${layer}.ffn_gate`, dim, hidden),
      weight(`blk.${layer}.ffn_up`, dim, hidden),
      weight(`blk.${layer}.ffn_down`, hidden, dim),
    ]).flat(),
  ];
}

function valuesOf(shape: LlamaShape, vocab: readonly Token[]): Record<string, Value> {
  return {
    'general.architecture': text('llama'),
    'general.name': text(shape.name),
    'general.file_type': u32(shape.type === 'F32' ? 0 : shape.type === 'F16' ? 1 : 7),
    'general.quantization_version': u32(2),
    'llama.vocab_size': u32(vocab.length),
    'llama.context_length': u32(shape.context),
    'llama.embedding_length': u32(shape.dim),
    'llama.block_count': u32(shape.layers),
    'llama.feed_forward_length': u32(shape.hidden),
    'llama.attention.head_count': u32(shape.heads),
    'llama.attention.head_count_kv': u32(shape.kvHeads),
    'llama.attention.layer_norm_rms_epsilon': f32(1e-5),
    'llama.rope.dimension_count': u32(shape.dim / shape.heads),
    'llama.rope.freq_base': f32(10_000),
    ...(shape.pooling === undefined ? {} : { 'llama.pooling_type': u32(shape.pooling) }),
    'tokenizer.ggml.model': text('llama'),
    'tokenizer.ggml.pre': text('default'),
    'tokenizer.ggml.tokens': texts(vocab.map((token) => token.text)),
    'tokenizer.ggml.scores': f32s(vocab.map((token) => token.score)),
    'tokenizer.ggml.token_type': i32s(vocab.map((token) => token.type)),
    'tokenizer.ggml.bos_token_id': u32(1),
    'tokenizer.ggml.eos_token_id': u32(2),
    'tokenizer.ggml.unknown_token_id': u32(0),
    'tokenizer.ggml.add_bos_token': bool(true),
    'tokenizer.ggml.add_eos_token': bool(false),
    'tokenizer.ggml.add_space_prefix': bool(true),
    'tokenizer.chat_template': text(shape.template ?? CHAT_TEMPLATE),
    ...shape.extra,
  };
}

/** Writes a model. @returns its length in bytes */
export function writeLlama(path: string, shape: Partial<LlamaShape> = {}): number {
  const whole = { ...TINY, ...shape };
  const vocab = vocabulary();
  return writeGguf(path, valuesOf(whole, vocab), tensorsOf(whole, vocab.length));
}
