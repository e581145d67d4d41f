/** The operations on models: list them, load and unload them by name. */
import type { Operations } from '../../../../contract/index.ts';
import type { OutputOf } from '../../../../contract/kernel/define.ts';
import { invalidField } from '../../../../contract/kernel/errors.ts';
import type { JobId } from '../../../../contract/kernel/scalars.ts';
import type { LoadInput } from '../../../../contract/models/inference.ts';
import { DEFAULT_MODEL, refOf, splitRef } from '../../../../contract/models/reference.ts';
import { UNSUPPORTED_SETTINGS } from '../../../../contract/models/settings.ts';
import type { Clock } from '../../../core/clock.ts';
import { either } from '../../../core/operation/either.ts';
import type { JobService, JobStarter } from '../../jobs/index.ts';
import type { ModelLookup } from '../deps.ts';
import { type LoadJobInput, loadJobInput, loadJobKind } from './load-job.ts';
import type { LoadOptions } from './resident.ts';
import type { Residents } from './residents.ts';
import { isServed, loadedOf, modelOf } from './views.ts';

/** @throws AppError `validation-error` without either name */
export function referenceOf(input: { model?: string | undefined; model_id?: string | undefined }): string {
  const ref = either(['model_id', 'model'], input.model_id, input.model);
  if (ref !== undefined) return ref;
  throw invalidField('model_id', 'model_id is required');
}

function optionsOf(input: LoadInput): LoadOptions {
  if (input.device !== undefined && !['auto', 'cpu'].includes(input.device) && input.gpu_layers === 0)
    throw invalidField('gpu_layers', '0 layers leave nothing for the device');
  const gpuLayers = input.device === 'cpu' ? 0 : input.gpu_layers;
  return {
    ...(input.context_length === undefined ? {} : { contextLength: input.context_length }),
    ...(gpuLayers === undefined ? {} : { gpuLayers }),
    ...(input.ttl_seconds === undefined ? {} : { ttlSeconds: input.ttl_seconds }),
    ...(input.force_reload ? { forceReload: true } : {}),
  };
}

/** Loads as jobs, and which of them loads a model. */
function createLoads(kind: JobStarter<LoadJobInput>) {
  const running = new Map<string, JobId>();
  return {
    jobOf: (model: string): JobId | null => running.get(model) ?? null,
    start(model: string, device: string | undefined, options: LoadOptions, requestId: string) {
      const { job, result } = kind.start({
        input: loadJobInput(model, device, options),
        joinKey: `model_load:${model}:${device ?? ''}:${JSON.stringify(options)}`,
        scope: 'manage',
        area: 'models',
        requestId,
      });
      const jobId = job.id as JobId;
      running.set(model, jobId);
      const loaded = result().finally(() => running.get(model) === jobId && running.delete(model));
      loaded.catch(() => undefined);
      return { jobId, loaded };
    },
  };
}

export function createModelService(deps: {
  source: ModelLookup;
  residents: Residents;
  jobs: JobService;
  clock: Clock;
}) {
  const { source, residents, clock } = deps;
  const loads = createLoads(deps.jobs.register(loadJobKind(source, residents)));
  // `default` without a type means the chat model.
  const find = (ref: string, again = false) =>
    ref === DEFAULT_MODEL ? source.resolve(ref, 'chat', residents.ids('chat')) : source.resolve(ref, null, [], again);

  return {
    async list(
      filter: 'loaded' | 'installed' | 'chat' | 'embedding' | 'rerank' | undefined,
    ): Promise<OutputOf<Operations['models']>> {
      const all = (await source.list()).map((model) => modelOf(model, residents)).filter(isServed);
      const data = all.filter((model) => {
        if (filter === 'loaded') return model.loaded;
        return filter === undefined || filter === 'installed' || model.type === filter;
      });
      return { object: 'list', data, models: data };
    },
    async info(ref: string, requestId: string): Promise<OutputOf<Operations['model_info']>> {
      const model = await find(ref);
      const { repo } = splitRef(model.id);
      const siblings = (await source.list()).filter(
        ({ id, variant }) => variant !== null && splitRef(id).repo === repo,
      );
      return {
        ...modelOf(model, residents),
        request_id: requestId,
        name: model.name,
        parameters: model.parameters,
        quants: siblings.flatMap(({ variant }) => variant ?? []),
        path_bytes: model.sizeBytes,
        unsupported_settings: [...UNSUPPORTED_SETTINGS],
      };
    },
    loaded(): OutputOf<Operations['get_loaded_models']> {
      const all = residents.all();
      return {
        models: all.flatMap((one) => loadedOf(one, clock.monotonic()) ?? []),
        loading: all
          .filter(({ facts }) => facts === null)
          .map(({ model, percent }) => ({ id: model.id, percent, job_id: loads.jobOf(model.id) })),
        made_room: [...residents.madeRoom()],
      };
    },
    async load(input: LoadInput, requestId: string): Promise<OutputOf<Operations['load_model']>> {
      const ref = referenceOf(input);
      const { variant } = input;
      const model = await find(variant === undefined ? ref : refOf({ repo: splitRef(ref).repo, variant }), true);
      const options = optionsOf(input);
      const names = { model_id: model.id, model: model.id, request_id: requestId, success: true as const };
      const isLoaded = residents.get(model.id)?.facts != null;
      if (isLoaded && input.device === undefined && Object.keys(options).length === 0)
        return { ...names, status: 'loaded', job_id: null, message: `${model.id} is loaded.` };
      const { jobId, loaded } = loads.start(model.id, input.device, options, requestId);
      if (!input.wait) return { ...names, status: 'loading', job_id: jobId, message: `${model.id} is being loaded.` };
      await loaded;
      return { ...names, status: 'loaded', job_id: null, message: `${model.id} is loaded.` };
    },
    async unload(ref: string, requestId: string): Promise<OutputOf<Operations['unload_model']>> {
      const model = await find(ref);
      await residents.unload(model);
      return {
        status: 'unloaded',
        model_id: model.id,
        model: model.id,
        request_id: requestId,
        success: true,
        message: `${model.id} is unloaded.`,
      };
    },
  };
}
