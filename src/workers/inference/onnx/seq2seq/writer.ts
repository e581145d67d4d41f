/** Decoders that write about what an encoder has made of a sound or a picture, with keys and values of what was written before. */
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { emptyTensor, free } from '../decoder.ts';
import { integers, numbersOf } from '../encoder.ts';
import { useless } from '../folder.ts';
import { isPast, isPresent, LOGITS, MASK_INPUT, MERGED, pastOf, presentOf, TOKENS_INPUT } from './graph-names.ts';

/** Graphs of one decoder: for the first tokens, and for later ones where that is another graph. */
export interface DecoderGraphs {
  first: InferenceSession;
  /** Null when `first` takes what was computed before, or computes everything anew. */
  later: InferenceSession | null;
}

/** One text in the making. */
export interface Writing {
  /** @returns logarithms, up to a constant, of how likely each token of the vocabulary comes after those given so far */
  step(tokens: readonly number[]): Promise<Float32Array>;
  /** Gives its memory back. */
  dispose(): void;
}

/** Keys and values of what the encoder made: they are computed with the first tokens and stay as they are. */
const OF_ENCODER = /\.encoder\.(key|value)$/;
const KNOWN = new Set([
  'input_ids',
  'decoder_input_ids',
  'attention_mask',
  'decoder_attention_mask',
  'position_ids',
  'encoder_hidden_states',
  'encoder_attention_mask',
  MERGED,
]);
/** @throws AppError `model-corrupted` for a graph that wants what there is not */
function check({ inputNames, outputNames }: InferenceSession): void {
  const unknown = inputNames.find((name) => !isPast(name) && !KNOWN.has(name));
  if (unknown !== undefined) throw useless(`its decoder needs the input ${JSON.stringify(unknown)}`);
  if (!inputNames.some((name) => TOKENS_INPUT.test(name)) || !outputNames.includes(LOGITS))
    throw useless('its decoder does not write tokens');
}

const pastsOf = ({ inputMetadata }: InferenceSession) => inputMetadata.filter(({ name }) => isPast(name));

/** Places of tokens in the shape of keys and values. */
const placesIn = ({ dims }: Tensor) => dims[2] ?? 0;

/** @param states what the encoder made: `[1, places, numbers]` */
export function beginWriting({ first, later }: DecoderGraphs, states: Tensor): Writing {
  check(first);
  if (later !== null) check(later);
  let cache: Record<string, Tensor> = {};
  const written: number[] = [];
  const emptyIn = (session: InferenceSession) =>
    Object.fromEntries(pastsOf(session).map((metadata) => [metadata.name, emptyTensor(metadata)]));
  const cacheFor = (session: InferenceSession) =>
    Object.fromEntries(Object.entries(cache).filter(([name]) => session.inputNames.includes(name)));
  const keeps = later !== null || pastsOf(first).length > 0;

  function feedsOf(session: InferenceSession, tokens: readonly number[], before: number): Record<string, Tensor> {
    const total = before + tokens.length;
    const row = (name: string, values: readonly number[]) => integers(session, name, values, [1, values.length]);
    const ones = (name: string, count: number) => row(name, new Array<number>(count).fill(1));
    const feeds: Record<string, Tensor> = { ...emptyIn(session), ...cacheFor(session) };
    for (const name of session.inputNames) {
      if (TOKENS_INPUT.test(name)) feeds[name] = row(name, tokens);
      else if (MASK_INPUT.test(name)) feeds[name] = ones(name, total);
      else if (name === 'position_ids')
        feeds[name] = row(
          name,
          [...tokens.keys()].map((at) => before + at),
        );
      else if (name === 'encoder_hidden_states') feeds[name] = states;
      else if (name === 'encoder_attention_mask') feeds[name] = ones(name, states.dims[1] ?? 0);
      else if (name === MERGED) feeds[name] = new Tensor('bool', [before > 0], [1]);
    }
    return feeds;
  }

  /** Takes keys and values over. A graph that was given those of the encoder may answer others with nothing in them. */
  function keep(outputs: InferenceSession.OnnxValueMapType, isFirst: boolean): void {
    const next: Record<string, Tensor> = {};
    for (const [name, value] of Object.entries(outputs)) {
      if (!isPresent(name) || !(value instanceof Tensor)) continue;
      const past = pastOf(name);
      if (isFirst || !OF_ENCODER.test(name)) next[past] = value;
      else free(value);
    }
    for (const [name, tensor] of Object.entries(cache)) if (next[name] !== undefined) free(tensor);
    cache = { ...cache, ...next };
  }

  return {
    async step(tokens) {
      const before = keeps ? written.length : 0;
      const session = later !== null && before > 0 ? later : first;
      written.push(...tokens);
      const outputs = await session.run(feedsOf(session, keeps ? tokens : written, before));
      const { data, dims } = numbersOf(outputs[LOGITS]);
      const logits = data.slice(data.length - (dims.at(-1) ?? 0));
      if (outputs[LOGITS] !== undefined) free(outputs[LOGITS]);
      if (keeps) keep(outputs, before === 0);
      const absent = later ?? first;
      for (const { name } of keeps ? pastsOf(absent) : [])
        if (cache[name] === undefined || placesIn(cache[name]) === 0)
          throw useless(`its decoder gives no ${presentOf(name)}`);
      return logits;
    },
    dispose() {
      for (const tensor of Object.values(cache)) free(tensor);
      cache = {};
    },
  };
}
