/** Vectors of texts, and texts ranked for a query. */
import { AppError } from '../../../contract/kernel/errors.ts';
import type { EngineAnswer } from '../../../contract/models/engine.ts';
import { readInputs } from '../text/lengths.ts';
import type { LoadedModel } from './model.ts';

const countsOf = (count: (text: string) => number) => ({ read: count, countOf: (tokens: number) => tokens });

/** One text at a time, each when its model's turn has come. */
function joined({ native, join }: LoadedModel) {
  const part = join();
  return {
    native: <T>(work: () => Promise<T>, signal: AbortSignal) => native(() => part.step(work, signal), signal),
    leave: part.leave,
  };
}

export async function embed(loaded: LoadedModel, texts: readonly string[], signal: AbortSignal): Promise<EngineAnswer> {
  const { embedding, facts } = loaded;
  if (embedding === null) throw new AppError('invalid-state', 'This model makes no embeddings.');
  const lengths = await readInputs(
    texts,
    countsOf((text) => embedding.calculateInputLength(text)),
    {
      contextLength: facts.context_length,
      nameOf: (index) => `Input ${index}`,
      signal,
    },
  );
  const vectors = new Float32Array(texts.length * facts.dimensions);
  const part = joined(loaded);
  try {
    for (const [index, text] of texts.entries()) {
      signal.throwIfAborted();
      const { vector } = await part.native(() => embedding.getEmbeddingFor(text), signal);
      const length = Math.hypot(...vector);
      if (!(length > 0 && Number.isFinite(length)))
        throw new AppError('model-corrupted', `The model gave no usable vector for input ${index}.`);
      vectors.set(
        vector.map((value) => value / length),
        index * facts.dimensions,
      );
    }
  } finally {
    part.leave();
  }
  return {
    t: 'embedded',
    vectors: new Uint8Array(vectors.buffer),
    dimensions: facts.dimensions,
    tokens: lengths.reduce((sum, tokens) => sum + tokens, 0),
  };
}

export async function rerank(
  loaded: LoadedModel,
  query: string,
  documents: readonly string[],
  signal: AbortSignal,
): Promise<EngineAnswer> {
  const { ranking, facts } = loaded;
  if (ranking === null) throw new AppError('invalid-state', 'This model does not rank.');
  const lengths = await readInputs(
    documents,
    countsOf((document) => ranking.calculateInputLength(query, document)),
    {
      contextLength: facts.context_length,
      nameOf: (index) => `Document ${index} with the query`,
      signal,
    },
  );
  const scores: number[] = [];
  const part = joined(loaded);
  try {
    for (const document of documents) {
      signal.throwIfAborted();
      scores.push(await part.native(() => ranking.rank(query, document), signal));
    }
  } finally {
    part.leave();
  }
  return { t: 'ranked', scores, tokens: lengths.reduce((sum, tokens) => sum + tokens, 0) };
}
