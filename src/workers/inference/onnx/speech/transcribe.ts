/** What is said in a recording, window by window. */
import { Tensor } from 'onnxruntime-node';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { MAX_MEDIA, MAX_SEGMENTS } from '../../../../contract/models/analysis.ts';
import type { EngineAnswer, EngineAsk, EngineItem } from '../../../../contract/models/engine.ts';
import type { Call } from '../../../shared/serve.ts';
import { createPause } from '../../text/deadline.ts';
import { unreadable, withMedia } from '../media/open.ts';
import { openWav, type Recording } from '../media/wav.ts';
import { suppression, writeGreedily } from '../seq2seq/greedy.ts';
import { encode, withWriting } from '../seq2seq/model.ts';
import type { Writing } from '../seq2seq/writer.ts';
import { AUDIO_INPUT, type SpeechModel } from './model.ts';
import { createSegments, round } from './segments.ts';
import { piecesOf, type Told, timeRules } from './times.ts';
import { openWindows, type SoundWindows } from './windows.ts';

type TranscribeAsk = Extract<EngineAsk, { op: 'transcribe' }>;

/** @throws AppError `unprocessable-entity` for a language or a task that the model does not know */
function refuseUnknown(model: SpeechModel, { language, translate }: TranscribeAsk): void {
  const refuse = (message: string, param: string) =>
    new AppError('unprocessable-entity', message, { extra: { param } });
  if (model.languages.size === 0 && (language !== null || translate))
    throw refuse(
      'This model knows one language only. Leave the language and the translation out, or choose a multilingual model.',
      language === null ? 'translate' : 'language',
    );
  if (language !== null && !model.languages.has(language))
    throw refuse(
      `This model does not know the language ${JSON.stringify(language)}; it knows ${[...model.languages.keys()].join(', ')}.`,
      'language',
    );
  if (translate && model.tasks === null) throw refuse('This model does not translate.', 'translate');
}

/** The language that the model detects, by the token that it writes first. */
async function languageOf(model: SpeechModel, writing: Writing): Promise<string> {
  const logits = await writing.step([model.start]);
  const [best] = [...model.languages].sort(([, one], [, other]) => (logits[other] ?? 0) - (logits[one] ?? 0));
  return best?.[0] ?? model.usualLanguage;
}

/** The tokens that tell the model what to write. */
function promptOf(
  model: SpeechModel,
  language: string | null,
  { translate }: TranscribeAsk,
  hasTimes: boolean,
): number[] {
  const { start, languages, tasks, times } = model;
  const task = translate ? tasks?.translate : tasks?.transcribe;
  const spoken = language === null ? undefined : languages.get(language);
  const none = hasTimes ? undefined : times?.none;
  return [start, spoken, task, none].filter((token) => token !== undefined);
}

/** One recording that is being read. */
interface Transcription {
  model: SpeechModel;
  ask: TranscribeAsk;
  signal: AbortSignal;
  /** Told or detected; null until then, and for models of one language. */
  language: string | null;
  hasTimes: boolean;
}

/** What was said in one window. */
interface WindowText extends Told {
  tokens: number;
  /** Whether words are missing at its end: with times, the next window begins with them. */
  truncated: boolean;
}

async function transcribeWindow(transcription: Transcription, window: Float32Array): Promise<WindowText> {
  const { model, ask, signal, hasTimes } = transcription;
  const { features, encoder, decoder, suppressed, times, ends, maxLength } = model;
  const { bands, frames } = features;
  const input = await features.of(window, createPause(signal));
  signal.throwIfAborted();
  const states = await encode(encoder, AUDIO_INPUT, new Tensor('float32', input, [1, bands, frames]));
  signal.throwIfAborted();
  if (transcription.language === null && model.languages.size > 0)
    transcription.language = await withWriting(decoder, states, (writing) => languageOf(model, writing));
  const plain = suppression(suppressed.never, []);
  const first = suppression([], suppressed.notFirst);
  const rules = hasTimes && times !== null ? timeRules(times, Math.min(...ends)) : () => undefined;
  const { tokens, truncated } = await withWriting(decoder, states, (writing) =>
    writeGreedily(writing, {
      ...{ ends, maxLength, signal },
      prompt: promptOf(model, transcription.language, ask, hasTimes),
      adjust(logits, written) {
        plain(logits, written);
        rules(logits, written);
        first(logits, written);
      },
    }),
  );
  if (times === null || !hasTimes) {
    // It was told to write no times.
    const text = times === null ? tokens : tokens.filter((token) => token < times.begin);
    return { pieces: [{ start: 0, end: null, tokens: text }], seconds: null, tokens: tokens.length, truncated };
  }
  return { ...piecesOf(tokens, times), tokens: tokens.length, truncated: false };
}

/** Reads all windows; calls `tell` with what was said in each. */
async function readAll(
  transcription: Transcription,
  windows: SoundWindows,
  tell: (told: WindowText & { from: number; to: number }, left: number) => Promise<void>,
): Promise<void> {
  const { rate } = transcription.model.features;
  for (let begin = 0; ; ) {
    const window = await windows.read();
    if (window.length === 0) return;
    const told = await transcribeWindow(transcription, window);
    // Where the text stops, the next window begins; at least a little further in any case.
    const step = told.seconds === null ? window.length : Math.min(window.length, Math.round(told.seconds * rate));
    const advance = step < rate / 10 ? window.length : step;
    await tell({ ...told, from: begin / rate, to: (begin + window.length) / rate }, windows.samples - begin - advance);
    windows.advance(advance);
    begin += advance;
  }
}

function requireLength({ samples, rate }: Recording): void {
  const seconds = samples / rate;
  if (seconds <= MAX_MEDIA.seconds) return;
  throw unreadable(
    `The recording is ${Math.round(seconds / 60)} minutes long; at most ${MAX_MEDIA.seconds / 60} are read. Cut it into parts.`,
  );
}

export function transcribe(
  model: SpeechModel,
  ask: TranscribeAsk,
  { signal, emit }: Call<EngineItem>,
): Promise<EngineAnswer> {
  refuseUnknown(model, ask);
  return withMedia(ask.file, MAX_MEDIA.bytes, async (file) => {
    const recording = await openWav(file);
    requireLength(recording);
    const { rate, samples } = model.features;
    const windows = openWindows(recording, rate, samples);
    // Longer than a window: the next one begins where the text ends, which only times tell.
    const hasTimes = model.times !== null && (ask.timestamps || windows.samples > samples);
    const transcription: Transcription = { model, ask, signal, language: ask.language, hasTimes };
    const segments = createSegments(MAX_SEGMENTS);
    const texts: string[] = [];
    let [count, tokens, truncated] = [0, 0, false];
    await readAll(transcription, windows, async ({ pieces, from, to, tokens: written, ...told }, left) => {
      count += 1;
      truncated ||= told.truncated;
      tokens += written;
      const said = pieces.map(({ tokens: of }) => model.tokenizer.detokenize(of, []));
      segments.add(
        { from, to },
        pieces.map((piece, index) => ({ ...piece, text: said[index] ?? '' })),
      );
      texts.push(...said);
      await emit({ t: 'text', text: said.join(''), tokens: written });
      await emit({
        t: 'reading',
        percent: Math.min(100, Math.floor(100 - (100 * Math.max(0, left)) / windows.samples)),
      });
    });
    return {
      ...{ t: 'transcribed', text: texts.join('').trim(), language: transcription.language, tokens, windows: count },
      ...{ omitted: segments.omitted(), truncated },
      segments: ask.timestamps ? segments.all : null,
      seconds: round(recording.samples / recording.rate),
    };
  });
}
