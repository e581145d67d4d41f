/** Models as they appear in answers. */
import type { Operations } from '../../../../contract/index.ts';
import type { OutputOf } from '../../../../contract/kernel/define.ts';
import { ENGINES } from '../../../../contract/models/engines.ts';
import { type Model, ServedType } from '../../../../contract/models/inference.ts';
import type { LoadableModel } from '../deps.ts';
import type { Resident } from './resident.ts';
import type { Residents } from './residents.ts';

const MAX_CONTEXT_TOLD = 1_048_576;

const backendOf = ({ engine }: LoadableModel) => ENGINES[engine].backend;

type Told = Omit<Model, 'type'> & Pick<LoadableModel, 'type'>;

/** Whether requests in OpenAI's form are made to a model. */
export const isServed = (model: Told): model is Model => ServedType.safeParse(model.type).success;

export function modelOf(model: LoadableModel, residents: Residents): Told {
  const resident = residents.get(model.id);
  const facts = resident?.facts ?? null;
  return {
    id: model.id,
    object: 'model',
    created: model.created,
    owned_by: 'tabagent',
    loaded: facts !== null,
    status: facts !== null ? 'loaded' : resident === undefined ? 'available' : 'loading',
    type: model.type,
    backend: backendOf(model),
    variant: model.variant,
    size_bytes: model.sizeBytes,
    context_length: facts?.context_length ?? Math.min(model.contextLength, MAX_CONTEXT_TOLD),
    capabilities: facts?.capabilities ?? [],
  };
}

type Loaded = OutputOf<Operations['get_loaded_models']>['models'][number];

/** A model in memory with its load; null while it is loading. @param now monotonic time, ms */
export function loadedOf(resident: Resident, now: number): Loaded | null {
  const { facts, model, turns, users, usedAt, ttlSeconds, pinned } = resident;
  if (facts === null) return null;
  return {
    id: model.id,
    name: model.name,
    memory_usage: resident.bytes,
    load_time: Math.floor(resident.loadedAt / 1000),
    backend: backendOf(model),
    device: facts.device,
    refused_devices: facts.refused_devices,
    context_length: facts.context_length,
    idle_seconds: users > 0 ? 0 : Math.floor((now - usedAt) / 1000),
    ttl_seconds: ttlSeconds === 0 ? null : ttlSeconds,
    pinned,
    active_requests: turns.active(),
    queued_requests: turns.waiting(),
    slots: turns.slots().map((since) => ({
      busy: since !== null,
      busy_seconds: since === null ? 0 : Math.floor((now - since) / 1000),
    })),
  };
}
