/** Texts as vectors. */
import type { Logger } from '../../core/log/logger.ts';
import type { Handlers } from '../../core/operation/operation.ts';
import { createComputePool } from '../../core/process/compute-pool.ts';
import { computeModule } from '../../core/process/modules.ts';
import type { SettingsReader } from '../../core/settings.ts';
import type { Platform } from '../../platform/platform.ts';
import { createLexicalEmbedder } from './lexical-embedder.ts';
import { createEmbeddingService, type EmbeddingService, type Semantic } from './service.ts';

export type { Embedded, Embedder } from './embedder.ts';
export type { EmbeddingService } from './service.ts';

interface Deps {
  semantic: Semantic;
  platform: Pick<Platform, 'appRoot' | 'fork'>;
  settings: SettingsReader;
  log: Logger;
}

export function createEmbeddings({ semantic, platform, settings, log }: Deps) {
  const pool = createComputePool({ platform, log }, computeModule(platform.appRoot, 'embeddings', 'lexical'));
  const service = createEmbeddingService(createLexicalEmbedder(pool), semantic, settings);
  const handlers: Handlers<'embeddings' | 'get_embedding_models'> = {
    embeddings: (input, { principal, signal, loadWaitMs }) =>
      service.embeddings(input, { caller: principal.id, signal, loadWaitMs }),
    async get_embedding_models() {
      const models = await service.list();
      return { models, count: models.length };
    },
  };
  return { service: service as EmbeddingService, handlers, parts: [pool.part] };
}
