/** The rerank operation: documents ordered by how well they answer a query. */
import type { Operations } from '../../../contract/index.ts';
import type { Reranked } from '../../../contract/models/rerank.ts';
import type { Handler } from '../../core/operation/operation.ts';
import type { createVectors } from './run/vectors.ts';

const DEFAULT_TOP = 10;

export function createRerank({ rank }: Pick<ReturnType<typeof createVectors>, 'rank'>): Handler<Operations['rerank']> {
  return async (input, { principal, requestId, signal, loadWaitMs }): Promise<Reranked> => {
    const texts = input.documents.map((document) => (typeof document === 'string' ? document : document.text));
    const { model, scores, tokens } = await rank(input.model, input.query, texts, {
      caller: principal.id,
      signal,
      loadWaitMs,
    });
    const documentOf = (text: string) => {
      if (input.return_documents === undefined) return { document: text };
      return input.return_documents ? { document: { text } } : {};
    };
    const results = scores
      .map((score, index) => {
        const text = texts[index] ?? '';
        return { index, relevance_score: score, score, ...documentOf(text) };
      })
      // The sort is stable: equal scores keep the order of the request.
      .sort((one, other) => other.score - one.score)
      .slice(0, input.top_n ?? DEFAULT_TOP);
    return {
      id: `rerank-${requestId}`,
      object: 'list',
      model,
      results,
      count: results.length,
      ...(scores.length < texts.length ? { partial: true as const, unranked: texts.length - scores.length } : {}),
      usage: { prompt_tokens: tokens, total_tokens: tokens },
      meta: { api_version: { version: '2' } },
    };
  };
}
