/** The models that can be talked to. */
import { loadedAs } from '../../../contract/models/engines.ts';
import type { InstalledModel } from '../../../contract/models/models.ts';
import { refOf } from '../../../contract/models/reference.ts';
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
  /** The model that is asked when none was chosen. It is named in each request: the host has rules of its own for those without a name. */
  const standard = () => models.find(({ selected }) => selected) ?? models.find(loading.isLoaded) ?? models[0];
  return {
    query,
    models,
    loading,
    /** The model behind a name; that which is asked when there is none. */
    find: (ref: string | null): InstalledModel | undefined => (ref === null || ref === '' ? standard() : byRef(ref)),
  };
}
export type ChatModels = ReturnType<typeof useChatModels>;
