/** Vectors of texts. */
import type { InferenceSession } from 'onnxruntime-node';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { EngineAnswer, EngineAsk, LoadedFacts } from '../../../contract/models/engine.ts';
import { readInputs } from '../text/lengths.ts';
import { batches, numbersOf, runEncoder } from './encoder.ts';
import type { Pooling } from './pooling.ts';
import type { Encoded, TextTokenizer } from './tokenizer.ts';

/** What vectors are made with. */
export interface Embedding {
  session: InferenceSession;
  tokenizer: TextTokenizer;
  pooling: Pooling;
  pad: number;
}

/** Outputs that are one vector for each text already. */
const WHOLE = ['sentence_embedding', 'text_embeds', 'embeddings', 'pooled_embeddings'];
const PER_TOKEN = ['last_hidden_state', 'token_embeddings', 'hidden_states'];

/** An input with what the model wants before it. `skipped` of its tokens do not count. */
interface Input extends Encoded {
  skipped: number;
}

function inputOf({ tokenizer, pooling }: Embedding, text: string, prompt: string): Input {
  const encoded = tokenizer.encode(prompt + text);
  if (pooling.countsPrompt || prompt === '') return { ...encoded, skipped: 0 };
  // The prompt alone, without the token that ends an input.
  return { ...encoded, skipped: Math.max(0, tokenizer.encode(prompt).ids.length - 1) };
}

/** One vector for each input, as the model makes it; its length is whatever it is. */
export async function vectorsOf(
  { session, pooling, pad }: Embedding,
  inputs: readonly Input[],
): Promise<Float32Array[]> {
  const { outputs, width } = await runEncoder(session, inputs, pad);
  const whole = WHOLE.find((name) => session.outputNames.includes(name));
  const rank = (name: string) => outputs[name]?.dims.length;
  const perToken = [...PER_TOKEN, ...session.outputNames].find((name) => rank(name) === 3);
  const name = whole ?? perToken ?? session.outputNames.find((one) => rank(one) === 2);
  const { data, dims } = numbersOf(name === undefined ? undefined : outputs[name]);
  const size = dims.at(-1) ?? 0;
  if (dims.length === 2) return inputs.map((_, index) => data.slice(index * size, (index + 1) * size));
  if (pooling.needsWhole)
    throw new AppError('model-corrupted', 'The model ends with a layer that its ONNX file does not have.');
  return inputs.map(({ ids, skipped }, index) => {
    const from = index * width + skipped;
    return pooling.pool({
      data: data.subarray(from * size, (from + ids.length - skipped) * size),
      size,
      count: ids.length - skipped,
    });
  });
}

/** Unit length, in place. @throws AppError `model-corrupted` */
function toUnit(vector: Float32Array, which: string): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  if (!(length > 0 && Number.isFinite(length)))
    throw new AppError('model-corrupted', `The model gave no usable vector for ${which}.`);
  for (let index = 0; index < vector.length; index++) vector[index] = (vector[index] ?? 0) / length;
  return vector;
}

/** Computes one word. @returns the length of a vector */
export async function proveEmbedding(embedding: Embedding): Promise<number> {
  const [vector] = await vectorsOf(embedding, [inputOf(embedding, 'a', '')]);
  return toUnit(vector ?? new Float32Array(), 'a word').length;
}

export async function embed(
  { embedding, facts }: { embedding: Embedding; facts: LoadedFacts },
  { texts, as }: Extract<EngineAsk, { op: 'embed' }>,
  signal: AbortSignal,
): Promise<EngineAnswer> {
  const prompt = embedding.pooling.prompts[as ?? 'other'];
  const inputs = await readInputs(
    texts,
    { read: (text) => inputOf(embedding, text, prompt), countOf: ({ ids }) => ids.length },
    { contextLength: facts.context_length, nameOf: (index) => `Input ${index}`, signal },
  );
  const { dimensions } = facts;
  const vectors = new Float32Array(texts.length * dimensions);
  for (const batch of batches(inputs, facts.device)) {
    signal.throwIfAborted();
    const made = await vectorsOf(
      embedding,
      batch.flatMap((index) => inputs[index] ?? []),
    );
    for (const [at, index] of batch.entries())
      vectors.set(toUnit(made[at] ?? new Float32Array(), `input ${index}`), index * dimensions);
  }
  return {
    t: 'embedded',
    vectors: new Uint8Array(vectors.buffer),
    dimensions,
    tokens: inputs.reduce((sum, { ids }) => sum + ids.length, 0),
  };
}
