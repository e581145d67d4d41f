/** Texts ranked for a query by a cross-encoder, which reads both together. */
import type { InferenceSession } from 'onnxruntime-node';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { EngineAnswer, EngineAsk, LoadedFacts } from '../../../contract/models/engine.ts';
import { readInputs } from '../text/lengths.ts';
import { batches, numbersOf, runEncoder } from './encoder.ts';
import type { Encoded, TextTokenizer } from './tokenizer.ts';

export interface Ranking {
  session: InferenceSession;
  tokenizer: TextTokenizer;
  pad: number;
}

/** From 0 to 1, whatever the range of the model's own number is. */
const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));

async function scoresOf({ session, pad }: Ranking, rows: readonly Encoded[]): Promise<number[]> {
  const { outputs } = await runEncoder(session, rows, pad);
  const { data, dims } = numbersOf(outputs.logits ?? outputs[session.outputNames[0] ?? '']);
  const width = dims.length === 2 ? dims[1] : 1;
  if (width !== 1 || data.length !== rows.length)
    throw new AppError('model-corrupted', `The model answers ${width} numbers for a pair of texts, not one.`);
  const scores = Array.from(data, sigmoid);
  if (scores.some(Number.isNaN)) throw new AppError('model-corrupted', 'The model gave no usable score.');
  return scores;
}

/** Computes one pair. */
export async function proveRanking(ranking: Ranking): Promise<void> {
  await scoresOf(ranking, [ranking.tokenizer.encode('a', 'b')]);
}

export async function rerank(
  { ranking, facts }: { ranking: Ranking; facts: LoadedFacts },
  { query, documents }: Extract<EngineAsk, { op: 'rerank' }>,
  signal: AbortSignal,
): Promise<EngineAnswer> {
  const rows = await readInputs(
    documents,
    { read: (document) => ranking.tokenizer.encode(query, document), countOf: ({ ids }) => ids.length },
    { contextLength: facts.context_length, nameOf: (index) => `Document ${index} with the query`, signal },
  );
  const scores = new Array<number>(rows.length).fill(0);
  for (const batch of batches(rows, facts.device)) {
    signal.throwIfAborted();
    const made = await scoresOf(
      ranking,
      batch.flatMap((index) => rows[index] ?? []),
    );
    for (const [at, index] of batch.entries()) scores[index] = made[at] ?? 0;
  }
  return { t: 'ranked', scores, tokens: rows.reduce((sum, { ids }) => sum + ids.length, 0) };
}
