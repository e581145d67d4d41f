/** Puts the questions to a loaded model and measures its speed. */
import type { EngineItem, EngineUse } from '../../../../contract/models/engine.ts';
import type { SelfCheck } from '../../../../contract/models/self-check.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Resident } from '../models/resident.ts';
import type { Analysed, AnalysisAsk, Finished } from '../run/engine.ts';
import { floatsOf } from '../run/vectors.ts';
import {
  type Evaluated,
  evaluateAnswers,
  evaluateCaptions,
  evaluateClasses,
  evaluateNames,
  evaluateScores,
  evaluateSilence,
  evaluateSimilarities,
} from './evaluate.ts';
import { NAMES, OPINIONS, QUESTIONS, RANKINGS, TRIPLES } from './questions.ts';
import { PICTURES, SOUNDS, withFile } from './samples.ts';

/** Enough for one word, with some reasoning before it. */
const MAX_TOKENS = 48;

type Measured = Evaluated & Pick<SelfCheck, 'tokens_per_second' | 'first_token_ms'>;

/** A check in progress. */
export interface Asking {
  resident: Resident;
  clock: Pick<Clock, 'monotonic'>;
  signal: AbortSignal;
  /** Where files are put that a model is to read. */
  tempDir: string;
  /** Called between pieces of work; throws when another request waits for the place. */
  giveWay(): void;
}

const perSecond = (tokens: number, ms: number) =>
  ms > 0 && tokens > 0 ? Math.round((tokens * 10_000) / ms) / 10 : null;

function ask({ resident, signal }: Asking, question: string): AsyncGenerator<EngineItem, Finished, void> {
  return resident.engine.generate(
    {
      op: 'generate',
      model: resident.model.id,
      prompt: { messages: [{ role: 'user', content: question }], tools: [] },
      sampling: {
        ...{ temperature: 0, top_p: 1, top_k: 0, min_p: 0, repetition_penalty: 1 },
        ...{ frequency_penalty: 0, presence_penalty: 0, seed: 1, logit_bias: [] },
      },
      ...{ max_tokens: MAX_TOKENS, stop: [], grammar: null, tools: null, logprobs: null, overflow: 'refuse' },
    },
    signal,
  );
}

async function checkChat(asking: Asking): Promise<Measured> {
  const { clock, giveWay } = asking;
  const answers: { text: string; ended: boolean }[] = [];
  let firstTokenMs: number | null = null;
  let [tokens, ms] = [0, 0];
  for (const { ask: question } of QUESTIONS) {
    const stream = ask(asking, question);
    const begun = clock.monotonic();
    let first: number | null = null;
    let text = '';
    for (;;) {
      const next = await stream.next();
      if (next.done) {
        answers.push({ text, ended: next.value.reason === 'stop' });
        break;
      }
      if (next.value.t !== 'text') continue;
      if (first === null) first = clock.monotonic();
      else tokens += next.value.tokens;
      text += next.value.text;
      giveWay();
    }
    if (first === null) continue;
    firstTokenMs ??= Math.round(first - begun);
    ms += clock.monotonic() - first;
  }
  return { ...evaluateAnswers(answers), tokens_per_second: perSecond(tokens, ms), first_token_ms: firstTokenMs };
}

/** Of vectors of unit length. */
const similarity = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);

async function checkVectors({ resident, clock, signal, giveWay }: Asking): Promise<Measured> {
  const similarities: [number, number][] = [];
  let tokens = 0;
  const begun = clock.monotonic();
  for (const texts of TRIPLES) {
    const answer = await resident.engine.embed(resident.model.id, [...texts], null, signal);
    tokens += answer.tokens;
    const all = floatsOf(answer);
    const at = (index: number) => all.subarray(index * answer.dimensions, (index + 1) * answer.dimensions);
    similarities.push([similarity(at(0), at(1)), similarity(at(0), at(2))]);
    giveWay();
  }
  const speed = perSecond(tokens, clock.monotonic() - begun);
  return { ...evaluateSimilarities(similarities), tokens_per_second: speed, first_token_ms: null };
}

async function checkRanking({ resident, clock, signal, giveWay }: Asking): Promise<Measured> {
  const scores: number[][] = [];
  let tokens = 0;
  const begun = clock.monotonic();
  for (const { query, documents } of RANKINGS) {
    const answer = await resident.engine.rerank(resident.model.id, query, [...documents], signal);
    scores.push(answer.scores);
    tokens += answer.tokens;
    giveWay();
  }
  const speed = perSecond(tokens, clock.monotonic() - begun);
  return { ...evaluateScores(scores), tokens_per_second: speed, first_token_ms: null };
}

/** What the model says of some texts, and how fast it reads. */
async function analysed({ resident, clock, signal, giveWay }: Asking, asks: readonly AnalysisAsk[]) {
  const answers: Analysed[] = [];
  let tokens = 0;
  const begun = clock.monotonic();
  for (const ask of asks) {
    const stream = resident.engine.analyse(ask, signal);
    let next = await stream.next();
    while (!next.done) next = await stream.next();
    answers.push(next.value);
    tokens += next.value.tokens;
    giveWay();
  }
  return { answers, tokens_per_second: perSecond(tokens, clock.monotonic() - begun), first_token_ms: null };
}

async function checkNames(asking: Asking): Promise<Measured> {
  const { id: model } = asking.resident.model;
  const about = { op: 'entities', model, aggregation: 'word', threshold: 0 } as const;
  const { answers, ...measured } = await analysed(
    asking,
    NAMES.map(({ text }) => ({ ...about, text })),
  );
  return { ...evaluateNames(answers.map((answer) => (answer.t === 'entities' ? answer.entities : []))), ...measured };
}

async function checkClasses(asking: Asking): Promise<Measured> {
  const { id: model } = asking.resident.model;
  const { answers, ...measured } = await analysed(
    asking,
    OPINIONS.map((text) => ({ op: 'classify', model, text })),
  );
  return { ...evaluateClasses(answers.map((answer) => (answer.t === 'classified' ? answer.scores : []))), ...measured };
}

/** What the model says of some files, one after the other. */
async function analysedFiles(asking: Asking, contents: readonly Buffer[], askOf: (file: string) => AnalysisAsk) {
  const { clock, tempDir } = asking;
  const answers: Analysed[] = [];
  const begun = clock.monotonic();
  for (const content of contents)
    answers.push(...(await withFile(tempDir, content, (file) => analysed(asking, [askOf(file)]))).answers);
  const tokens = answers.reduce((sum, answer) => sum + answer.tokens, 0);
  return { answers, tokens_per_second: perSecond(tokens, clock.monotonic() - begun), first_token_ms: null };
}

async function checkSpeech(asking: Asking): Promise<Measured> {
  const { id: model } = asking.resident.model;
  const about = { op: 'transcribe', model, language: null, translate: false, timestamps: false } as const;
  const { answers, ...measured } = await analysedFiles(asking, SOUNDS(), (file) => ({ ...about, file }));
  return { ...evaluateSilence(answers.flatMap((answer) => (answer.t === 'transcribed' ? [answer] : []))), ...measured };
}

async function checkCaptions(asking: Asking): Promise<Measured> {
  const { id: model } = asking.resident.model;
  const { answers, ...measured } = await analysedFiles(asking, PICTURES(), (file) => ({ op: 'describe', model, file }));
  return { ...evaluateCaptions(answers.flatMap((answer) => (answer.t === 'described' ? [answer] : []))), ...measured };
}

/** The check of each type. */
const CHECKS: Readonly<Record<EngineUse, (asking: Asking) => Promise<Measured>>> = {
  ...{ chat: checkChat, embedding: checkVectors, rerank: checkRanking, ner: checkNames, classification: checkClasses },
  ...{ speech: checkSpeech, vision: checkCaptions },
};

/** @returns the check of a type, which throws what the engine and what `giveWay` throw */
export const checkOf = (type: EngineUse) => CHECKS[type];
