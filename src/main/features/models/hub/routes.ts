/** Handlers of the hub: maps only. */
import type { hubOperations } from '../../../../contract/models/hub.ts';
import type { Handlers } from '../../../core/operation/operation.ts';
import type { HubService } from './service.ts';
import type { HubToken } from './token.ts';

const TOLD = {
  stored: 'A token is stored.',
  env: 'The token of the environment is used.',
  none: 'No token is stored.',
};

export function hubHandlers(service: HubService, token: HubToken): Handlers<keyof typeof hubOperations> {
  return {
    get_model_quants: ({ repo_id }, { signal }) => service.quants(repo_id, signal),
    pull_model: (input, context) => service.pull(input, context),
    models_downloads: () => ({ items: service.list() }),
    models_discard: async ({ repo, variant }, context) => ({
      ...{ repo, variant, freed_bytes: await service.discard(repo, variant, context) },
    }),
    async set_hf_token(input) {
      await token.set(input.token);
      return { message: 'HuggingFace token stored securely', success: true };
    },
    get_hf_token_status() {
      const source = token.source();
      return { has_token: source !== null, message: TOLD[source ?? 'none'], source };
    },
    clear_hf_token() {
      token.clear();
      return { message: 'HuggingFace token removed', success: true };
    },
  };
}
