/**
 * Numbers of a header on which llama.cpp ends its process with an assertion, in place of refusing the file: all models in it would go.
 * The list can never be whole; what gets past it is marked when it ends the engine.
 */
import { MalformedFile } from './byte-reader.ts';
import type { GgufHeader } from './gguf.ts';

/** `LLAMA_MAX_LAYERS` and `LLAMA_MAX_EXPERTS` (llama.cpp, `llama-hparams.h`). */
const MAX = { layers: 512, experts: 512 };
/** Models with these tensors divide by these numbers; others (recurrent ones) write 0 in them. */
const NEEDED: readonly (readonly [key: string, tensors: RegExp])[] = [
  ['attention.head_count', /\.attn_(q|k|qkv)\./],
  ['attention.head_count_kv', /\.attn_(k|qkv)\./],
  ['feed_forward_length', /\.ffn_(up|gate|down)\./],
];
const EPSILON = /\.attention\.layer_norm_(rms_)?epsilon$/;

/** @throws MalformedFile with the number that cannot be */
export function checkNumbers({ values, tensors }: GgufHeader): void {
  const architecture = String(values.get('general.architecture'));
  const of = (key: string) => values.get(`${architecture}.${key}`);
  const refuse = (key: string, value = of(key)): never => {
    throw new MalformedFile(`It says ${key} is ${String(value)}, which cannot be.`);
  };
  const within = (key: string, least: number, most: number) => {
    const value = of(key);
    if (typeof value === 'number' && !(value >= least && value <= most)) refuse(key);
  };
  within('block_count', 1, MAX.layers);
  within('embedding_length', 1, Number.MAX_SAFE_INTEGER);
  within('expert_count', 0, MAX.experts);
  const experts = of('expert_count');
  within('expert_used_count', 0, typeof experts === 'number' ? experts : 0);
  for (const [key, needs] of NEEDED) if (of(key) === 0 && tensors.some(({ name }) => needs.test(name))) refuse(key);
  for (const [key, value] of values)
    if (EPSILON.test(key) && typeof value === 'number' && !(value >= 0 && value < 1)) refuse(key, value);
  const tokenizer = values.get('tokenizer.ggml.model');
  if (tokenizer === 'none' || tokenizer === 'no_vocab') throw new MalformedFile('It has no tokenizer.');
}
