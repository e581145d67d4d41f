/** Embedding and ranking with models in memory. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { EngineUse } from '../../../../contract/models/engine.ts';
import type { Embedded, Embedder } from '../../embeddings/index.ts';
import type { LoadableModel, ModelLookup } from '../deps.ts';
import type { Residents } from '../models/residents.ts';
import type { Embedded as EmbeddedPiece } from './engine.ts';
import { type Caller, type Place, takePlace } from './place.ts';

/** Texts in one request to the engine; between two requests others get their turn and a cancel is noticed. */
const PIECE = 32;

export interface VectorDeps {
  source: ModelLookup;
  residents: Residents;
}

export function createVectors({ source, residents }: VectorDeps) {
  async function find(ref: string, type: EngineUse): Promise<LoadableModel> {
    const model = await source.resolve(ref, type, residents.ids(type));
    if (model.type === type) return model;
    throw new AppError('validation-error', `${model.id} is no model for this.`, {
      errors: { model: `is no ${type} model` },
      extra: { field: 'model', param: 'model' },
    });
  }

  /** Runs with the model loaded, once it is the caller's turn. */
  async function withTurn<T>(model: LoadableModel, caller: Caller, work: (place: Place) => Promise<T>) {
    const place = await takePlace(residents, model, caller);
    try {
      return await work(place);
    } finally {
      place.leave();
    }
  }

  return {
    /** The embedder of a model, which is loaded. @throws AppError `model-not-found`, `embedding-model-not-available`, … */
    async embedder(ref: string, caller: Caller): Promise<Embedder> {
      const model = await find(ref, 'embedding');
      const lease = await residents.lease(model, caller.signal);
      const { dimensions } = lease.facts;
      lease.release();
      return {
        id: model.id,
        dimensions,
        embed: (texts, as) =>
          collected(texts, dimensions, (piece) =>
            withTurn(model, caller, ({ resident, signal }) =>
              resident.engine.embed(model.id, piece, as ?? null, signal),
            ),
          ),
      };
    },
    /** How well each document answers the query, 0 to 1. */
    async rank(ref: string, query: string, documents: readonly string[], caller: Caller) {
      const model = await find(ref, 'rerank');
      const scores: number[] = [];
      let tokens = 0;
      for (let from = 0; from < documents.length; from += PIECE) {
        const piece = documents.slice(from, from + PIECE);
        const answer = await withTurn(model, caller, ({ resident, signal }) =>
          resident.engine.rerank(model.id, query, piece, signal),
        );
        scores.push(...answer.scores);
        tokens += answer.tokens;
      }
      return { model: model.id, scores, tokens };
    },
    /** Installed embedding models. */
    async embedders() {
      const models = (await source.list()).filter(({ type }) => type === 'embedding');
      return models.map(({ id, name, dimensions }) => {
        const facts = residents.get(id)?.facts;
        return { id, name, dimensions: facts?.dimensions ?? dimensions ?? 0, loaded: facts != null };
      });
    },
  };
}

/** The numbers of all vectors. A copy: the bytes of a message need not be aligned. */
export const floatsOf = ({ vectors }: EmbeddedPiece) => new Float32Array(Uint8Array.from(vectors).buffer);

/** The vectors of all texts, computed piece by piece. */
async function collected(
  texts: readonly string[],
  dimensions: number,
  embed: (piece: string[]) => Promise<EmbeddedPiece>,
): Promise<Embedded> {
  const vectors = new Float32Array(texts.length * dimensions);
  let tokens = 0;
  for (let from = 0; from < texts.length; from += PIECE) {
    const answer = await embed(texts.slice(from, from + PIECE));
    vectors.set(floatsOf(answer), from * dimensions);
    tokens += answer.tokens;
  }
  const at = (index: number) => vectors.subarray(index * dimensions, (index + 1) * dimensions);
  return { vectors, dimensions, tokens, at };
}
