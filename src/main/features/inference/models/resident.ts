/** One model that is in memory or on its way there. */
import type { LoadedFacts } from '../../../../contract/models/engine.ts';
import type { Held, Space } from '../../models/index.ts';
import type { LoadableModel } from '../deps.ts';
import type { Engine } from '../run/engine.ts';
import type { Turns } from '../run/turns.ts';

/** How a model is to be loaded. */
export interface LoadOptions {
  contextLength?: number;
  gpuLayers?: number | null;
  /** Idle time after which it is unloaded, seconds; 0 pins it until it is unloaded by name. */
  ttlSeconds?: number;
  forceReload?: boolean;
}

export interface Resident {
  readonly model: LoadableModel;
  readonly engine: Engine;
  readonly bytes: number;
  readonly takes: Space;
  readonly gpuLayers: number | null;
  readonly turns: Turns;
  /** Null while it is loading. */
  facts: LoadedFacts | null;
  percent: number;
  loading: Promise<LoadedFacts>;
  /** Aborted when the model is unloaded, which ends what runs on it. */
  readonly going: AbortController;
  loadedAt: number;
  /** Monotonic time, ms. */
  usedAt: number;
  /** Idle time after which it is unloaded, seconds; 0 is never. */
  ttlSeconds: number;
  /** Kept until it is unloaded by name; never evicted to make room. */
  pinned: boolean;
  /** Requests that run on it or wait for a place. */
  users: number;
  cancelTtl: (() => void) | null;
}

export const isIdle = ({ users, facts }: Resident) => users === 0 && facts !== null;

/** Whether it may be unloaded for another model. */
export const isEvictable = (resident: Resident) => isIdle(resident) && !resident.pinned;

const sum = (residents: readonly Resident[]): Space => ({
  ram: residents.reduce((total, { takes }) => total + takes.ram, 0),
  vram: residents.reduce((total, { takes }) => total + takes.vram, 0),
});

/** What these hold: a model that is still loading has not taken all of its memory yet. */
export const heldBy = (residents: readonly Resident[]): Held => ({
  loading: sum(residents.filter(({ facts }) => facts === null)),
  idle: sum(residents.filter(isEvictable)),
});
