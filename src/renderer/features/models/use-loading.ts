/** Which models are in memory or on their way there, and calls that load and unload them. */
import { loadedAs } from '../../../contract/models/engines.ts';
import type { InstalledModel } from '../../../contract/models/models.ts';
import { refOf } from '../../../contract/models/reference.ts';
import { type Answer, useAct, useOperationQuery } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { errorToast, toast } from '../../ui/feedback/toast.tsx';

export type LoadedModel = Answer<'get_loaded_models'>['models'][number];
/** A model that is being loaded. */
export type LoadingModel = Answer<'get_loaded_models'>['loading'][number];

/** How a model is to be loaded; what is absent is as in the settings. */
export interface LoadWish {
  context_length?: number;
  gpu_layers?: number;
  ttl_seconds?: number;
}

/** See {@link useLoading}. */
export interface Loading {
  loaded: readonly LoadedModel[];
  loads: readonly LoadingModel[];
  isLoaded(model: InstalledModel): boolean;
  loadOf(model: InstalledModel): LoadingModel | undefined;
  busy: boolean;
  /** Why a model cannot be loaded, or unloaded when it is loaded or being loaded; null when it can. */
  blocked(model: InstalledModel): string | null;
  /** Why a model cannot be loaded, whether it is loaded or not. */
  loadBlocked(model: InstalledModel): string | null;
  /** Loads a model in a certain way, anew if it is loaded. */
  loadWith(model: InstalledModel, wish: LoadWish): void;
  /** Loads a model, ends its load, or unloads it. */
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
    // A load that was cancelled has ended as it should.
    onError: (error) => error.slug === 'cancelled' || errorToast('Could not load the model', error),
  });
  const unload = useAct('unload_model', {
    onDone: ({ message }) => toast(message),
    onError: (error) => errorToast('Could not unload the model', error),
  });
  const { models: loaded = [], loading: loads = [] } = query.data ?? {};
  const isLoaded = (model: InstalledModel) => loaded.some(({ id }) => id === refOf(model));
  const loadOf = (model: InstalledModel) => loads.find(({ id }) => id === refOf(model));
  const leaves = (model: InstalledModel) => isLoaded(model) || loadOf(model) !== undefined;
  const loadBlocked = (model: InstalledModel) => {
    if (model.status !== 'ready' && !hasEndedEngine(model)) return model.problem ?? 'It cannot be used';
    return loadedAs(model) !== null ? noLoad : 'There is no engine for such models yet';
  };
  return {
    loaded,
    loads,
    isLoaded,
    loadOf,
    // What is being loaded can be cancelled meanwhile.
    busy: unload.isPending || (load.isPending && loads.length === 0),
    blocked: (model) => (leaves(model) ? noUnload : loadBlocked(model)),
    loadBlocked,
    loadWith: (model, wish) =>
      load.mutate({ model_id: refOf(model), wait: true, force_reload: isLoaded(model), ...wish }),
    toggle(model) {
      if (leaves(model)) unload.mutate({ model_id: refOf(model) });
      else load.mutate({ model_id: refOf(model), wait: true });
    },
    unload: (id) => unload.mutate({ model_id: id }),
    unloadBlocked: noUnload,
  };
}

/** How much of a model is loaded, percent, live; null while nobody tells. */
export function useLoadPercent(load: LoadingModel | undefined): number | null {
  const job = useOperationQuery('jobs_get', { id: load?.job_id ?? '' }, { enabled: load?.job_id != null });
  if (load === undefined) return null;
  return Math.round(job.data?.progress.percent ?? load.percent);
}
