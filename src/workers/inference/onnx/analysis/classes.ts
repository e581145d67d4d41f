/** Texts compared with classes: those that a model was trained for, or any, of which it says whether they follow from the text. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import { type ClassScore, LABEL_PLACE } from '../../../../contract/models/analysis.ts';
import type { EngineAnswer, EngineAsk, EngineItem } from '../../../../contract/models/engine.ts';
import type { Call } from '../../../shared/serve.ts';
import { createPause } from '../../text/deadline.ts';
import { type Classifier, classifyRows, softmax } from './model.ts';
import { readText } from './places.ts';
import { type Window, windowsOf } from './windows.ts';

const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));

/** Tokens of a window that no other one counts; a text without tokens is one window all the same. */
const weightOf = ({ first, last }: Window) => Math.max(1, last - first);

/** Mean of what the windows say, by how much of the text each of them counts for. */
function meanOf(
  windows: readonly Window[],
  scores: readonly (readonly number[])[],
  labels: readonly string[],
): ClassScore[] {
  const total = windows.reduce((sum, window) => sum + weightOf(window), 0);
  const means = labels.map((label, at) => {
    const score = windows.reduce((sum, window, row) => sum + weightOf(window) * (scores[row]?.[at] ?? 0), 0) / total;
    if (!Number.isFinite(score)) throw new AppError('model-corrupted', 'The model gave no usable score.');
    return { label, score };
  });
  return means.sort((one, other) => other.score - one.score);
}

const progressOf =
  (emit: Call<EngineItem>['emit'], all: number) =>
  (rows: number): Promise<void> =>
    emit({ t: 'reading', percent: Math.floor((rows * 100) / all) });

export async function classify(
  classifier: Classifier<'classification'>,
  { text }: Extract<EngineAsk, { op: 'classify' }>,
  { signal, emit }: Call<EngineItem>,
): Promise<EngineAnswer> {
  const { tokenizer, frame, facts, labels, isMultiLabel } = classifier;
  const { ids } = await readText(tokenizer, text, createPause(signal));
  const windows = windowsOf(ids.length, facts.context_length - frame.sizes.one);
  const scores: number[][] = [];
  await classifyRows(
    classifier,
    windows.map(({ from, to }) => frame.one(ids.slice(from, to))),
    (row, numbers) => {
      scores[row] = isMultiLabel ? Array.from(numbers(), sigmoid) : softmax(numbers());
    },
    { signal, done: progressOf(emit, windows.length) },
  );
  return { t: 'classified', scores: meanOf(windows, scores, labels), tokens: ids.length, windows: windows.length };
}

/** Places of the answers that say whether a hypothesis follows from a text. @throws AppError `invalid-state` for a model without them */
function answersOf(labels: readonly string[]): { follows: number; contradicts: number } {
  const find = (pattern: RegExp) => labels.findIndex((label) => pattern.test(label));
  const follows = find(/^entail/i);
  const contradicts = find(/^(contradict|not_entail)/i);
  if (follows >= 0 && contradicts >= 0) return { follows, contradicts };
  throw new AppError(
    'invalid-state',
    'This model cannot compare texts with any labels. Choose one for natural language inference (NLI), whose labels are entailment and contradiction.',
    { extra: { expected: 'entailment, contradiction', actual: labels.join(', ').slice(0, 500) } },
  );
}

export async function classifyFreely(
  classifier: Classifier<'classification'>,
  { text, labels, hypothesis, multi_label }: Extract<EngineAsk, { op: 'zero_shot' }>,
  { signal, emit }: Call<EngineItem>,
): Promise<EngineAnswer> {
  const { tokenizer, frame, facts } = classifier;
  const { follows, contradicts } = answersOf(classifier.labels);
  const pause = createPause(signal);
  const { ids } = await readText(tokenizer, text, pause);
  const hypotheses: number[][] = [];
  for (const label of labels) {
    await pause();
    hypotheses.push(
      tokenizer.tokenize(
        hypothesis.replace(LABEL_PLACE, () => label),
        false,
      ),
    );
  }
  const longest = Math.max(...hypotheses.map(({ length }) => length));
  const windows = windowsOf(ids.length, facts.context_length - frame.sizes.pair - longest);
  const rowCount = windows.length * labels.length;
  const eachAlone = multi_label || labels.length === 1;
  const scores: number[][] = [];
  for (const [at, { from, to }] of windows.entries()) {
    const logits: number[][] = [];
    await classifyRows(
      classifier,
      hypotheses.map((one) => frame.pair(ids.slice(from, to), one)),
      (row, numbers) => {
        const all = numbers();
        logits[row] = [all[contradicts] ?? 0, all[follows] ?? 0];
      },
      { signal, done: (rows) => progressOf(emit, rowCount)(at * labels.length + rows) },
    );
    scores.push(
      eachAlone ? logits.map((pair) => softmax(pair)[1] ?? 0) : softmax(logits.map(([, logit = 0]) => logit)),
    );
  }
  return { t: 'classified', scores: meanOf(windows, scores, labels), tokens: ids.length, windows: windows.length };
}
