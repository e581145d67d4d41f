/** Which models are in memory, and calls that load and unload them. */
import { loadedAs } from '../../../contract/models/engines.ts';
import type { InstalledModel } from '../../../contract/models/models.ts';
import { refOf } from '../../../contract/models/reference.ts';
import { type Answer, useAct, useOperationQuery } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { errorToast, toast } from '../../ui/feedback/toast.tsx';

export type LoadedModel = Answer<'get_loaded_models'>['models'][number];

/** See {@link useLoading}. */
export interface Loading {
  loaded: readonly LoadedModel[];
  isLoaded(model: InstalledModel): boolean;
  busy: boolean;
  /** Why a model cannot be loaded, or unloaded when it is loaded; null when it can. */
  blocked(model: InstalledModel): string | null;
  toggle(model: InstalledModel): void;
  unload(id: string): void;
  unloadBlocked: string | null;
}

/** Its files are well-formed and have ended an engine: it may be tried again. */
const hasEndedEngine = ({ status, architecture }: InstalledModel) => status === 'broken' && architecture !== null;

export function useLoading(): Loading {
  const query = useOperationQuery('get_loaded_models', {});
  const noLoad = useCan('load_model');
  const noUnload = useCan('unload_model');
  const load = useAct('load_model', {
    onDone: ({ status, message }) => status === 'loaded' && toast(message),
    onError: (error) => errorToast('Could not load the model', error),
  });
  const unload = useAct('unload_model', {
    onDone: ({ message }) => toast(message),
    onError: (error) => errorToast('Could not unload the model', error),
  });
  const loaded = query.data?.models ?? [];
  const isLoaded = (model: InstalledModel) => loaded.some(({ id }) => id === refOf(model));
  return {
    loaded,
    isLoaded,
    busy: load.isPending || unload.isPending,
    blocked(model) {
      if (isLoaded(model)) return noUnload;
      if (model.status !== 'ready' && !hasEndedEngine(model)) return model.problem ?? 'It cannot be used';
      return loadedAs(model) !== null ? noLoad : 'There is no engine for such models yet';
    },
    toggle(model) {
      if (isLoaded(model)) unload.mutate({ model_id: refOf(model) });
      else load.mutate({ model_id: refOf(model), wait: true });
    },
    unload: (id) => unload.mutate({ model_id: id }),
    unloadBlocked: noUnload,
  };
}
