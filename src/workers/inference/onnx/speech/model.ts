/** Models for speech of Whisper's shape: what they take, and the tokens with which they are told what to write. */
import { Tensor } from 'onnxruntime-node';
import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { type EncoderDecoder, type EncoderDecoderFiles, loadEncoderDecoder } from '../seq2seq/model.ts';
import { countIn } from '../tokenizer.ts';
import { type Features, openFeatures } from './mel.ts';
import type { TimeTokens } from './times.ts';

export const AUDIO_INPUT = 'input_features';

/** See file comment. */
export interface SpeechModel extends EncoderDecoder {
  readonly use: 'speech';
  readonly features: Features;
  /** Null for a model that tells none. */
  readonly times: TimeTokens | null;
  /** Tokens of languages by their codes; empty for a model of one language. */
  readonly languages: ReadonlyMap<string, number>;
  /** Language that is taken when the model cannot tell it. */
  readonly usualLanguage: string;
  /** Tokens that ask for the text as it is spoken, and for English; null for a model that only does the first. */
  readonly tasks: { transcribe: number; translate: number } | null;
}

/** Size of the vocabulary from which on a model of this family knows many languages. */
const MANY_LANGUAGES = 51_865;
/** `<|en|>` */
const LANGUAGE = /^<\|([a-z]{2,4})\|>$/;

function languagesOf({ config, generation, tokenizer }: EncoderDecoderFiles): Map<string, number> {
  const isMany = generation.is_multilingual ?? (countIn(config.vocab_size) ?? 0) >= MANY_LANGUAGES;
  if (isMany !== true) return new Map();
  const named = isJsonObject(generation.lang_to_id) ? Object.entries(generation.lang_to_id) : [];
  const known = named.flatMap(([name, id]): [string, number][] => {
    const code = LANGUAGE.exec(name)?.[1];
    return code !== undefined && typeof id === 'number' ? [[code, id]] : [];
  });
  if (known.length > 0) return new Map(known);
  // Older files name no languages, but the vocabulary has them.
  const codes = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const all = letters.flatMap((one) => letters.map((other) => one + other));
  return new Map(
    [...all.filter((code) => codes.of(code) !== undefined), 'haw', 'yue'].flatMap((code): [string, number][] => {
      const id = tokenizer.idOf(`<|${code}|>`);
      return id === null ? [] : [[code, id]];
    }),
  );
}

function tasksOf({ generation, tokenizer }: EncoderDecoderFiles): SpeechModel['tasks'] {
  const named: JsonObject = isJsonObject(generation.task_to_id) ? generation.task_to_id : {};
  const idOf = (task: string) => {
    const id = named[task];
    return typeof id === 'number' ? id : tokenizer.idOf(`<|${task}|>`);
  };
  const [transcribe, translate] = [idOf('transcribe'), idOf('translate')];
  return transcribe === null || translate === null ? null : { transcribe, translate };
}

/** The language that old files tell the decoder to begin with. */
function forcedLanguage({ config, generation }: EncoderDecoderFiles, languages: ReadonlyMap<string, number>): string {
  const forced = generation.forced_decoder_ids ?? config.forced_decoder_ids;
  const ids = Array.isArray(forced) ? forced.map((pair) => (Array.isArray(pair) ? pair[1] : null)) : [];
  return [...languages].find(([, id]) => ids.includes(id))?.[0] ?? 'en';
}

function timesOf({ config, generation, tokenizer }: EncoderDecoderFiles, features: Features): TimeTokens | null {
  const named = generation.no_timestamps_token_id;
  const none = typeof named === 'number' ? named : tokenizer.idOf('<|notimestamps|>');
  if (none === null) return null;
  const places = countIn(config.max_source_positions) ?? Math.ceil(features.frames / 2);
  const latest = generation.max_initial_timestamp_index;
  return {
    ...{ none, begin: none + 1, step: features.samples / features.rate / places },
    latestBegin: typeof latest === 'number' && latest >= 0 ? latest : null,
  };
}

/** @throws AppError `model-corrupted` */
export async function loadSpeech(
  where: Parameters<typeof loadEncoderDecoder>[0],
  files: EncoderDecoderFiles,
  contextLength: number,
): Promise<SpeechModel> {
  const features = openFeatures((await files.folder.object('preprocessor_config.json')) ?? {});
  const { bands, frames } = features;
  const encoderDecoder = await loadEncoderDecoder(where, files, {
    input: AUDIO_INPUT,
    sample: () => new Tensor('float32', new Float32Array(bands * frames), [1, bands, frames]),
    contextLength,
  });
  const languages = languagesOf(files);
  return {
    ...encoderDecoder,
    ...{ use: 'speech', features, languages },
    usualLanguage: forcedLanguage(files, languages),
    tasks: languages.size === 0 ? null : tasksOf(files),
    times: timesOf(files, features),
  };
}
