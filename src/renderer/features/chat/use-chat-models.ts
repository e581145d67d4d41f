/** The models that can be talked to. */
import { loadedAs } from '../../../contract/models/engines.ts';
import type { InstalledModel } from '../../../contract/models/models.ts';
import { defaultOf, refOf } from '../../../contract/models/reference.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { useLoading } from '../models/index.ts';

/** See {@link useChatModels}. */
export function useChatModels() {
  const query = useOperationQuery('models_list', {
    type: ['chat', 'vision'],
    status: 'ready',
    sort: 'name',
    limit: 200,
  });
  const loading = useLoading();
  // Some models that see only describe pictures.
  const models = (query.data?.items ?? []).filter((model) => loadedAs(model) === 'chat');
  const byRef = (ref: string): InstalledModel | undefined => models.find((model) => refOf(model) === ref);
  const [first] = models;
  // As the host chooses for requests without a name, which it refuses where the first one is taken here: the model is named in each request, so
  // that an answer comes from the one that was shown.
  const standard =
    defaultOf(
      models.filter(({ type }) => type === 'chat'),
      loading.isLoaded,
    ) ??
    (first && { model: first, because: 'first' as const });
  return {
    query,
    models,
    loading,
    /** The model behind a name; that which is asked when there is none. */
    find: (ref: string | null): InstalledModel | undefined =>
      ref === null || ref === '' ? standard?.model : byRef(ref),
    standard,
  };
}
export type ChatModels = ReturnType<typeof useChatModels>;
