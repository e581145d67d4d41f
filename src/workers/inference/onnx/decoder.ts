/** Models that write: each run takes tokens with the keys and values of those before, and answers how likely every next one is. */
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { integers, numbersOf } from './encoder.ts';
import { useless } from './folder.ts';
import { isPast, LOGITS, MERGED, presentOf } from './seq2seq/graph-names.ts';

/** What was computed of a sequence. It is used up by what is made of it: two copies of a long one are hundreds of megabytes. */
export interface Sequence {
  readonly tokens: readonly number[];
  /** Keys and values by the name of the input; none for models that compute everything anew. */
  readonly cache: Readonly<Record<string, Tensor>>;
}

export interface Decoder {
  /** Whether a prompt may be computed in pieces. */
  readonly takesPieces: boolean;
  /** Uses up `before`. @returns logarithms, up to a constant, of how likely each token of the vocabulary comes next */
  run(before: Sequence | null, tokens: readonly number[]): Promise<{ logits: Float32Array; sequence: Sequence }>;
  /** The first tokens of a sequence, which is used up; null when that cannot be told from the whole. */
  cut(sequence: Sequence, length: number): Sequence | null;
}

const KNOWN = new Set(['input_ids', 'attention_mask', 'position_ids', 'num_logits_to_keep', MERGED]);
/** Place of the tokens in the shape of keys and values: batch, heads, tokens, numbers. */
const TOKENS = 2;

/** A cache with no tokens in it. @throws AppError `model-corrupted` */
export function emptyTensor(metadata: InferenceSession.ValueMetadata): Tensor {
  if (!metadata.isTensor) throw useless(`${metadata.name} is no tensor`);
  const dims = metadata.shape.map((length) => {
    if (typeof length === 'number') return length;
    if (/batch/i.test(length)) return 1;
    if (/past|sequence|length/i.test(length)) return 0;
    throw useless(`the shape of ${metadata.name} is not known`);
  });
  if (metadata.type === 'float32') return new Tensor('float32', new Float32Array(), dims);
  if (metadata.type === 'float16') return new Tensor('float16', new Uint16Array(), dims);
  throw useless(`${metadata.name} has numbers of the type ${metadata.type}`);
}

/** @throws AppError `model-corrupted` for a model that wants what a sequence of tokens does not give */
export function openDecoder(session: InferenceSession): Decoder {
  const { inputNames, outputNames } = session;
  const pasts = session.inputMetadata.filter(({ name }) => isPast(name));
  const unknown = inputNames.find((name) => !isPast(name) && !KNOWN.has(name));
  if (unknown !== undefined) throw useless(`it needs the input ${JSON.stringify(unknown)}`);
  if (!inputNames.includes('input_ids') || !outputNames.includes(LOGITS)) throw useless('it does not write tokens');
  const empty = Object.fromEntries(pasts.map((metadata) => [metadata.name, emptyTensor(metadata)]));
  const absent = Object.keys(empty).find((name) => !outputNames.includes(presentOf(name)));
  if (absent !== undefined) throw useless(`it has no output ${presentOf(absent)}`);
  const hasCache = pasts.length > 0;
  const outputs = [LOGITS, ...Object.keys(empty).map(presentOf)];

  function feedsOf(before: Sequence | null, tokens: readonly number[]): Record<string, Tensor> {
    const past = before?.tokens.length ?? 0;
    const fresh = hasCache ? tokens : [...(before?.tokens ?? []), ...tokens];
    const from = hasCache ? past : 0;
    const row = (name: string, values: readonly number[]) => integers(session, name, values, [1, values.length]);
    const all: Record<string, () => Tensor> = {
      input_ids: () => row('input_ids', fresh),
      attention_mask: () => row('attention_mask', new Array<number>(from + fresh.length).fill(1)),
      position_ids: () =>
        row(
          'position_ids',
          fresh.map((_, at) => from + at),
        ),
      num_logits_to_keep: () => integers(session, 'num_logits_to_keep', [1], []),
      [MERGED]: () => new Tensor('bool', [past > 0], [1]),
    };
    const feeds: Record<string, Tensor> = { ...empty, ...before?.cache };
    for (const name of inputNames) {
      const make = all[name];
      if (make !== undefined) feeds[name] = make();
    }
    return feeds;
  }

  return {
    takesPieces: hasCache && !inputNames.includes(MERGED),
    async run(before, tokens) {
      const out = await session.run(feedsOf(before, tokens), outputs);
      for (const tensor of Object.values(before?.cache ?? {})) free(tensor);
      const { data, dims } = numbersOf(out[LOGITS]);
      const vocabulary = dims.at(-1) ?? 0;
      const logits = data.slice(data.length - vocabulary);
      if (out[LOGITS] !== undefined) free(out[LOGITS]);
      const cache: Record<string, Tensor> = {};
      for (const name of Object.keys(empty)) {
        const present = out[presentOf(name)];
        if (present === undefined) throw useless(`it has no output ${presentOf(name)}`);
        cache[name] = present;
      }
      return {
        logits,
        sequence: { tokens: [...(before?.tokens ?? []), ...tokens], cache },
      };
    },
    cut(sequence, length) {
      if (length === sequence.tokens.length) return sequence;
      const cache: Record<string, Tensor> = {};
      for (const [name, tensor] of Object.entries(sequence.cache)) {
        const cut = firstTokens(tensor, sequence.tokens.length, length);
        if (cut === null) return null;
        free(tensor);
        cache[name] = cut;
      }
      return { tokens: sequence.tokens.slice(0, length), cache };
    },
  };
}

/** Gives memory back at once: the garbage collector sees small objects and does not hurry. */
export function free({ data }: Tensor): void {
  if (ArrayBuffer.isView(data) && data.buffer instanceof ArrayBuffer && data.byteLength > 0) data.buffer.transfer(0);
}

/** Keys or values of the first tokens. */
function firstTokens(tensor: Tensor, all: number, length: number): Tensor | null {
  const [batch = 0, heads = 0, , size = 0] = tensor.dims;
  if (tensor.dims.length !== 4 || tensor.dims[TOKENS] !== all) return null;
  const { data, type } = tensor;
  if (!(data instanceof Float32Array || data instanceof Uint16Array)) return null;
  const kept = data.slice(0, batch * heads * length * size);
  for (let row = 0; row < batch * heads; row++)
    kept.set(data.subarray(row * all * size, (row * all + length) * size), row * length * size);
  const dims = [batch, heads, length, size];
  if (kept instanceof Float32Array) return new Tensor('float32', kept, dims);
  return type === 'float16' ? new Tensor('float16', kept, dims) : null;
}
