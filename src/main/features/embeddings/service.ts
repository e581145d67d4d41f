/** Which embedder a request means, and vectors as OpenAI's clients read them. */
import type { Operations } from '../../../contract/index.ts';
import type { OutputOf, ParsedInputOf } from '../../../contract/kernel/define.ts';
import { AppError, invalidField } from '../../../contract/kernel/errors.ts';
import type { EmbeddingModel } from '../../../contract/models/embeddings.ts';
import { DEFAULT_MODEL, LEXICAL_MODEL } from '../../../contract/models/reference.ts';
import type { SettingsReader } from '../../core/settings.ts';
import type { Embedded, Embedder } from './embedder.ts';

/** Models that are offered for download, in the order in which they are recommended. */
const OFFERED: readonly EmbeddingModel[] = ['all-MiniLM-L6-v2', 'bge-small-en-v1.5', 'e5-small-v2'].map((name) => ({
  id: name,
  name,
  dimensions: 384,
  type: 'semantic',
  installed: false,
  loaded: false,
}));

/** See {@link createEmbeddingService}. */
export interface EmbeddingService {
  /**
   * The embedder that a request means, loaded; none named is the default: a semantic model that is selected or the only one, else the
   * built-in one.
   * @throws AppError `embedding-model-not-available` for a default that is not there, `model-not-found` for an unknown name: a model
   *   that was asked for by name is never replaced
   */
  embedder(model: string | undefined, asker: Asker): Promise<Embedder>;
}

/** Who asks. */
export interface Asker {
  caller: string;
  signal: AbortSignal;
  /** How long it waits for a model that is being loaded, ms; absent: until it is. */
  loadWaitMs?: number | undefined;
}

/** Models that compare meanings; they are of the engines. */
export interface Semantic {
  /** @throws AppError `embedding-model-not-available` for a default that is not there, `model-not-found`, … */
  embedder(model: string, asker: Asker): Promise<Embedder>;
  /** Those that are installed. */
  embedders(): Promise<{ id: string; name: string; dimensions: number; loaded: boolean }[]>;
}

export function createEmbeddingService(lexical: Embedder, semantic: Semantic, settings: SettingsReader) {
  const service: EmbeddingService = {
    async embedder(model = DEFAULT_MODEL, asker) {
      if (model === LEXICAL_MODEL) return lexical;
      try {
        return await semantic.embedder(model, asker);
      } catch (error) {
        const isMissing = error instanceof AppError && error.slug === 'embedding-model-not-available';
        if (model === DEFAULT_MODEL && isMissing && settings.get('embedding.lexical_fallback')) return lexical;
        throw error;
      }
    },
  };
  return {
    ...service,
    async list(): Promise<EmbeddingModel[]> {
      const builtIn = { id: LEXICAL_MODEL, name: 'Built-in (lexical)', dimensions: lexical.dimensions };
      const installed = await semantic.embedders();
      return [
        { ...builtIn, type: 'lexical', installed: true, loaded: true },
        ...installed.map((one) => ({ ...one, type: 'semantic' as const, installed: true })),
        ...OFFERED,
      ];
    },
    async embeddings(
      input: ParsedInputOf<Operations['embeddings']>,
      asker: Asker,
    ): Promise<OutputOf<Operations['embeddings']>> {
      const embedder = await service.embedder(input.model, asker);
      const dimensions = input.dimensions ?? embedder.dimensions;
      if (dimensions > embedder.dimensions)
        throw invalidField('dimensions', `must be at most ${embedder.dimensions}`, {
          ...{ more: `, what ${embedder.id} has`, param: true },
        });
      const texts = typeof input.input === 'string' ? [input.input] : input.input;
      const embedded = await embedder.embed(texts);
      return {
        object: 'list',
        model: embedder.id,
        data: texts.map((_, index) => ({
          object: 'embedding',
          index,
          embedding: written(cut(embedded, index, dimensions), input.encoding_format),
        })),
        usage: { prompt_tokens: embedded.tokens, total_tokens: embedded.tokens },
      };
    },
  };
}

/** A vector with its first `dimensions` numbers, of unit length. */
function cut(embedded: Embedded, index: number, dimensions: number): Float32Array {
  const vector = embedded.at(index);
  if (dimensions === vector.length) return vector;
  const head = vector.subarray(0, dimensions);
  const length = Math.hypot(...head);
  return length === 0 ? Float32Array.from(head, (_, at) => (at === 0 ? 1 : 0)) : head.map((value) => value / length);
}

function written(vector: Float32Array, format: 'float' | 'base64'): number[] | string {
  if (format === 'float') return Array.from(vector);
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => {
    bytes.writeFloatLE(value, index * 4);
  });
  return bytes.toString('base64');
}
