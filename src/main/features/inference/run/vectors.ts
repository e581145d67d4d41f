/** Embedding and ranking with models in memory. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { EngineUse } from '../../../../contract/models/engine.ts';
import type { Clock } from '../../../core/clock.ts';
import type { SettingsReader } from '../../../core/settings.ts';
import type { Embedded, Embedder } from '../../embeddings/index.ts';
import type { LoadableModel, ModelLookup } from '../deps.ts';
import type { Residents } from '../models/residents.ts';
import type { Embedded as EmbeddedPiece } from './engine.ts';
import { type Caller, type Place, takePlace } from './place.ts';
import type { Tally } from './tally.ts';

/** The same of documents that are ranked: those of a piece that the budget cuts off are lost. */
const RANK_PIECE = 16;
/** Texts in one request to the engine; between two requests others get their turn and a cancel is noticed. */
const PIECE = 32;

export interface VectorDeps {
  source: ModelLookup;
  residents: Residents;
  tally: Pick<Tally, 'measured'>;
  clock: Clock;
  settings: SettingsReader;
}

/** Runs with the model loaded, once it is the caller's turn. */
async function withTurn<T>(
  residents: Residents,
  model: LoadableModel,
  caller: Caller,
  work: (place: Place) => Promise<T>,
) {
  const place = await takePlace(residents, model, caller);
  try {
    return await work(place);
  } finally {
    place.leave();
  }
}

/** Scores of the documents, of as many as the budget of time has room for. */
async function ranked(
  { residents, clock, settings }: VectorDeps,
  model: LoadableModel,
  query: string,
  documents: readonly string[],
  caller: Caller,
) {
  // Loading is no part of the budget: a model may be new here.
  const lease = await residents.lease(model, caller.signal, caller.loadWaitMs);
  const budget = new AbortController();
  const seconds = settings.get('rerank_budget_seconds');
  const stopBudget = seconds === 0 ? () => undefined : clock.schedule(() => budget.abort(), seconds * 1000);
  const bounded = { ...caller, signal: AbortSignal.any([caller.signal, budget.signal]) };
  const scores: number[] = [];
  let tokens = 0;
  try {
    while (scores.length < documents.length && !budget.signal.aborted) {
      const piece = documents.slice(scores.length, scores.length + RANK_PIECE);
      const answer = await withTurn(residents, model, bounded, ({ resident, signal }) =>
        resident.engine.rerank(model.id, query, piece, signal),
      );
      scores.push(...answer.scores);
      tokens += answer.tokens;
    }
  } catch (error) {
    if (!budget.signal.aborted || caller.signal.aborted) throw error;
  } finally {
    stopBudget();
    lease.release();
  }
  return { model: model.id, scores, tokens };
}

export function createVectors(deps: VectorDeps) {
  const { source, residents, tally } = deps;
  async function find(ref: string, type: EngineUse): Promise<LoadableModel> {
    const model = await source.resolve(ref, type, residents.ids(type));
    if (model.type === type) return model;
    throw new AppError('validation-error', `${model.id} is no model for this.`, {
      errors: { model: `is no ${type} model` },
      extra: { field: 'model', param: 'model' },
    });
  }

  return {
    /** The embedder of a model, which is loaded. @throws AppError `model-not-found`, `embedding-model-not-available`, … */
    async embedder(ref: string, caller: Caller): Promise<Embedder> {
      const model = await find(ref, 'embedding');
      const lease = await residents.lease(model, caller.signal, caller.loadWaitMs);
      const { dimensions } = lease.facts;
      lease.release();
      return {
        id: model.id,
        dimensions,
        embed: (texts, as) =>
          tally.measured(
            model,
            'embed',
            caller.signal,
            () =>
              collected(texts, dimensions, (piece) =>
                withTurn(residents, model, caller, ({ resident, signal }) =>
                  resident.engine.embed(model.id, piece, as ?? null, signal),
                ),
              ),
            ({ tokens }) => ({ prompt: tokens }),
          ),
      };
    },
    /** How well each document answers the query, 0 to 1; of those behind the budget of time nothing is known. */
    async rank(ref: string, query: string, documents: readonly string[], caller: Caller) {
      const model = await find(ref, 'rerank');
      return tally.measured(
        model,
        'rerank',
        caller.signal,
        () => ranked(deps, model, query, documents, caller),
        ({ tokens }) => ({ prompt: tokens }),
      );
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
