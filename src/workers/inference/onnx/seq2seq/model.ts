/** Encoder-decoder models: an encoder of sound or pictures, and a decoder that writes. */
import path from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { graphsOf } from '../../../../contract/models/encoder-decoder.ts';
import type { LoadedFacts } from '../../../../contract/models/engine.ts';
import { type ModelFolder, useless } from '../folder.ts';
import type { OpenSession } from '../session.ts';
import { countIn, endTokens, type TextTokenizer, tokensIn } from '../tokenizer.ts';
import { beginWriting, type DecoderGraphs, type Writing } from './writer.ts';

/** What both kinds of such models are made of. */
export interface EncoderDecoder {
  readonly encoder: InferenceSession;
  readonly decoder: DecoderGraphs;
  readonly tokenizer: TextTokenizer;
  readonly ends: ReadonlySet<number>;
  /** Token that a text begins with. */
  readonly start: number;
  /** Tokens of a text in all, its beginning among them. */
  readonly maxLength: number;
  readonly suppressed: { never: readonly number[]; notFirst: readonly number[] };
  readonly facts: LoadedFacts;
  dispose(): Promise<void>;
}

/** The files around the graphs. */
export interface EncoderDecoderFiles {
  folder: ModelFolder;
  config: JsonObject;
  tokenizer: TextTokenizer;
  generation: JsonObject;
}

/** Of a model that is made of two, the part of its configuration that is about the text. */
export const textConfig = (config: JsonObject): JsonObject => (isJsonObject(config.decoder) ? config.decoder : config);

/** What transformers takes where no file tells a length. */
const USUAL_LENGTH = 20;

function textOf({ config, generation, tokenizer }: EncoderDecoderFiles, contextLength: number) {
  const all = [generation, config, textConfig(config)];
  const first = (name: string) => all.map((one) => one[name]).find((value) => value != null);
  const ends = endTokens(tokenizer, first('eos_token_id'));
  const [start] = tokensIn(first('decoder_start_token_id') ?? first('bos_token_id'));
  if (start === undefined) throw useless('its files do not tell with which token a text begins');
  const longest = countIn(first('max_length')) ?? USUAL_LENGTH;
  return {
    ...{ ends, start, maxLength: Math.max(2, Math.min(longest, contextLength)) },
    suppressed: { never: tokensIn(first('suppress_tokens')), notFirst: tokensIn(first('begin_suppress_tokens')) },
  };
}

/** What an encoder made. @throws AppError `model-corrupted` */
export async function encode(encoder: InferenceSession, input: string, values: Tensor): Promise<Tensor> {
  const outputs = await encoder.run({ [input]: values });
  const states = outputs.last_hidden_state ?? outputs[encoder.outputNames[0] ?? ''];
  if (states?.dims.length !== 3) throw useless('its encoder does not answer one vector for each place');
  return states;
}

/** Writes about what an encoder made; the memory of the text is given back whatever happens. */
export async function withWriting<T>(decoder: DecoderGraphs, states: Tensor, use: (writing: Writing) => Promise<T>) {
  const writing = beginWriting(decoder, states);
  try {
    return await use(writing);
  } finally {
    writing.dispose();
  }
}

/** Where a model computes that has several graphs: on another device than the processor only if all of them do. */
function devicesOf(graphs: readonly OpenSession[]): Pick<LoadedFacts, 'device' | 'refused_devices'> {
  const [device = 'cpu', ...others] = new Set(graphs.map((one) => one.device));
  const refused = new Map(graphs.flatMap((one) => one.refused.map((each) => [each.device, each] as const)));
  return { device: others.length === 0 ? device : 'cpu', refused_devices: [...refused.values()] };
}

/**
 * Opens both graphs and proves that they compute together.
 * @param input name of what the encoder takes @param sample such an input with nothing in it
 * @throws AppError `model-corrupted`
 */
export async function loadEncoderDecoder(
  {
    path: main,
    open,
  }: {
    path: string;
    open: (file: string, prove: (session: InferenceSession) => Promise<void>) => Promise<OpenSession>;
  },
  files: EncoderDecoderFiles,
  { input, sample, contextLength }: { input: string; sample: () => Tensor; contextLength: number },
): Promise<EncoderDecoder> {
  const text = textOf(files, contextLength);
  const names = graphsOf(path.basename(main));
  if (names === null) throw useless('it is not made of an encoder and a decoder');
  const { graph } = files.folder;
  const encoderFile = await graph(names.encoder);
  if (encoderFile === null) throw useless(`${names.encoder} is missing beside its decoder`);
  const laterFile = names.later === null ? null : await graph(names.later);
  const opened: InferenceSession[] = [];
  const dispose = async () => void (await Promise.all(opened.map((session) => session.release())));
  try {
    let states: Tensor | undefined;
    const encoder = await open(encoderFile, async (session) => {
      if (session.inputNames.join() !== input)
        throw useless(`its encoder takes ${session.inputNames.join(', ').slice(0, 200)}, not ${input}`);
      states = await encode(session, input, sample());
    });
    opened.push(encoder.session);
    const made = states;
    if (made === undefined) throw useless('its encoder does not compute');
    // On the device on which a graph is opened: one that does not compute there is opened on another.
    const prove = (decoder: DecoderGraphs, steps: number) =>
      withWriting(decoder, made, async (writing) => {
        for (let step = 0; step < steps; step++) await writing.step([text.start]);
      });
    const first = await open(main, (session) => prove({ first: session, later: null }, laterFile === null ? 2 : 1));
    opened.push(first.session);
    const decoder: DecoderGraphs = { first: first.session, later: null };
    const graphs = [encoder, first];
    if (laterFile !== null) {
      const later = await open(laterFile, (session) => prove({ first: first.session, later: session }, 2));
      graphs.push(later);
      opened.push(later.session);
      decoder.later = later.session;
    }
    const facts: LoadedFacts = {
      context_length: contextLength,
      dimensions: 0,
      ...devicesOf(graphs),
      capabilities: [],
    };
    return { ...text, encoder: encoder.session, decoder, tokenizer: files.tokenizer, facts, dispose };
  } catch (error) {
    await dispose();
    throw error instanceof AppError ? error : useless(error instanceof Error ? error.message.slice(0, 300) : 'unknown');
  }
}
