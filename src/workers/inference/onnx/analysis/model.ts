/** Models that classify what they read: each token of a text, or the whole. */
import type { InferenceSession } from 'onnxruntime-node';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import type { LoadedFacts } from '../../../../contract/models/engine.ts';
import { batches, checkInputs, type Numbers, numbersOf, runEncoder } from '../encoder.ts';
import type { OpenSession } from '../session.ts';
import type { Encoded, TextTokenizer } from '../tokenizer.ts';
import { type Frame, openFrame } from './frame.ts';

/** What a classifier is used for. */
export type ClassifierUse = 'ner' | 'classification';

export interface Classifier<Use extends ClassifierUse = ClassifierUse> {
  readonly use: Use;
  readonly session: InferenceSession;
  readonly tokenizer: TextTokenizer;
  readonly pad: number;
  readonly frame: Frame;
  /** Names of what the model tells apart, in the order of its numbers. */
  readonly labels: readonly string[];
  /** Whether several labels may be true of one text. */
  readonly isMultiLabel: boolean;
  readonly facts: LoadedFacts;
  dispose(): Promise<void>;
}

/** What a model is made of. */
export interface ClassifierFiles {
  config: JsonObject;
  tokenizer: TextTokenizer;
  pad: number;
}

const MAX_LABEL = 200;

function labelsOf(config: JsonObject, count: number): string[] {
  const named = isJsonObject(config.id2label) ? config.id2label : {};
  return Array.from({ length: count }, (_, at) => {
    const label = named[String(at)];
    return typeof label === 'string' && label !== '' ? label.slice(0, MAX_LABEL) : `LABEL_${at}`;
  });
}

/** Runs rows together. */
async function logitsOf(session: InferenceSession, rows: readonly Encoded[], pad: number): Promise<Numbers> {
  const { outputs } = await runEncoder(session, rows, pad);
  return numbersOf(outputs.logits ?? outputs[session.outputNames[0] ?? '']);
}

/** Numbers that a model answers for one token, or for a text, of one row. */
export type RowNumbers = (token?: number) => Float32Array;

/**
 * Runs all rows, a few at a time.
 * @param use gets the numbers of a row
 * @param done is awaited with how many rows are done
 */
export async function classifyRows(
  { session, pad, facts, labels }: Pick<Classifier, 'session' | 'pad' | 'facts' | 'labels'>,
  rows: readonly Encoded[],
  use: (row: number, numbers: RowNumbers) => void,
  { signal, done }: { signal: AbortSignal; done: (rows: number) => Promise<void> },
): Promise<void> {
  let ready = 0;
  for (const batch of batches(rows, facts.device)) {
    signal.throwIfAborted();
    const logits = await logitsOf(
      session,
      batch.flatMap((index) => rows[index] ?? []),
      pad,
    );
    const { data, dims } = logits;
    const width = dims.length === 3 ? (dims[1] ?? 0) : 1;
    for (const [at, index] of batch.entries())
      use(index, (token = 0) => {
        const from = (at * width + token) * labels.length;
        return data.subarray(from, from + labels.length);
      });
    ready += batch.length;
    await done(ready);
  }
}

/** Probabilities of numbers of which one is to be chosen. @throws AppError `model-corrupted` */
export function softmax(logits: Float32Array | readonly number[]): number[] {
  const most = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  if (!(sum > 0 && Number.isFinite(sum))) throw new AppError('model-corrupted', 'The model gave no usable score.');
  return powers.map((power) => power / sum);
}

/** @param open opens the model with a session in which what it is given computes */
export async function loadClassifier<Use extends ClassifierUse>(
  use: Use,
  { config, tokenizer, pad }: ClassifierFiles,
  context_length: number,
  open: (prove: (session: InferenceSession) => Promise<void>) => Promise<OpenSession>,
): Promise<Classifier<Use>> {
  const frame = openFrame(tokenizer);
  let count = 0;
  const { session, device, refused } = await open(async (opened) => {
    checkInputs(opened);
    const { dims } = await logitsOf(opened, [frame.one(tokenizer.tokenize('a', false))], pad);
    count = dims.at(-1) ?? 0;
    if (dims.length !== (use === 'ner' ? 3 : 2) || count < 2)
      throw new AppError(
        'model-corrupted',
        `The model answers numbers of the shape ${dims.join(' × ')}, which is none of a model for ${use}.`,
      );
  });
  return {
    ...{ use, session, tokenizer, pad, frame },
    labels: labelsOf(config, count),
    isMultiLabel: config.problem_type === 'multi_label_classification',
    facts: { context_length, dimensions: 0, device, refused_devices: [...refused], capabilities: [] },
    dispose: () => session.release(),
  };
}
