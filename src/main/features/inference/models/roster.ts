/** Which models are in memory, and how one leaves it. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import { MADE_ROOM, type MadeRoom } from '../../../../contract/models/inference.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Logger } from '../../../core/log/logger.ts';
import type { LoadableModel } from '../deps.ts';
import type { Engine } from '../run/engine.ts';
import { isIdle, type Resident } from './resident.ts';

/** Why a model leaves the memory, with the words of the log. */
const CAUSES = {
  asked: 'asked for',
  idle: 'idle',
  room: 'to make room',
  reload: 'it is loaded again with other options',
} as const;
/** `ended`: its process has, and took it along. */
export type UnloadCause = keyof typeof CAUSES | 'ended';

export interface RosterDeps {
  clock: Clock;
  log: Logger;
  /** Called when a model was added, was removed or has changed its state. */
  changed(id: string): void;
  /** Called when one that was loaded leaves. */
  left?(resident: Resident, cause: UnloadCause): void;
}

export type Roster = ReturnType<typeof createRoster>;

/** Unloads models for others, and keeps which. */
function createRoom(clock: Clock, unload: (resident: Resident, cause: 'room', why: string) => Promise<void>) {
  const madeRoom: MadeRoom[] = [];
  return {
    async makeRoom(resident: Resident, next: LoadableModel): Promise<void> {
      madeRoom.unshift({ id: resident.model.id, for: next.id, at: clock.now() });
      madeRoom.splice(MADE_ROOM);
      await unload(resident, 'room', `to make room for ${next.id}`);
    },
    /** The last first. */
    madeRoom: (): readonly MadeRoom[] => madeRoom,
  };
}

export function createRoster({ clock, log, changed, left: told = () => undefined }: RosterDeps) {
  const residents = new Map<string, Resident>();
  const activeAtEnd = new WeakMap<Engine, number>();
  /** Unloads in progress by model: a load of the same model waits for its unload. */
  const leaving = new Map<string, Promise<void>>();

  function forget(resident: Resident): void {
    resident.cancelTtl?.();
    if (residents.get(resident.model.id) === resident) residents.delete(resident.model.id);
    changed(resident.model.id);
  }

  async function leave(resident: Resident, cause: keyof typeof CAUSES, why: string): Promise<void> {
    await resident.loading.catch(() => undefined);
    if (resident.facts === null) return;
    told(resident, cause);
    await resident.engine.unload(resident.model.id).catch((error: unknown) => {
      // If the process has ended, the model went with it.
      log.warn('models', 'a model could not be unloaded', { model: resident.model.id, error });
    });
    log.info('models', `${resident.model.id} unloaded: ${why}`);
  }

  async function unload(resident: Resident, cause: keyof typeof CAUSES, why: string = CAUSES[cause]): Promise<void> {
    resident.going.abort(new AppError('cancelled'));
    forget(resident);
    const left = leave(resident, cause, why);
    leaving.set(resident.model.id, left);
    await left;
    if (leaving.get(resident.model.id) === left) leaving.delete(resident.model.id);
  }

  return {
    get: (id: string) => residents.get(id),
    all: () => [...residents.values()],
    add(resident: Resident): void {
      residents.set(resident.model.id, resident);
      changed(resident.model.id);
    },
    /** Drops a model whose load failed or whose process has ended; the engine is told nothing. */
    forget,
    /** Ends what runs on the model, then frees its memory. */
    unload,
    ...createRoom(clock, unload),
    /** Resolves when no unload of the model is in progress. */
    hasLeft: (id: string) => leaving.get(id) ?? Promise.resolve(),
    /** Restarts the idle time; a model that is in use or pinned has none. */
    armTtl(resident: Resident): void {
      resident.cancelTtl?.();
      resident.cancelTtl = null;
      // One that has left may be in memory again: its own time must not unload the other.
      if (residents.get(resident.model.id) !== resident) return;
      if (!isIdle(resident) || resident.ttlSeconds === 0) return;
      resident.cancelTtl = clock.schedule(() => void unload(resident, 'idle'), resident.ttlSeconds * 1000);
    },
    /** Drops the models of an engine whose process has ended. @returns those that were loaded */
    lost(engine: Engine): Resident[] {
      const own = [...residents.values()].filter((one) => one.engine === engine);
      activeAtEnd.set(engine, own.filter((one) => !isIdle(one)).length);
      const loaded = own.filter(({ facts }) => facts !== null);
      for (const one of loaded) {
        forget(one);
        told(one, 'ended');
      }
      return loaded;
    },
    /** How many models were loading or computing when the last process of an engine ended. */
    activeAtEnd: (engine: Engine): number => activeAtEnd.get(engine) ?? 0,
    /** Before the host stops. */
    dispose(): void {
      for (const one of residents.values()) {
        one.cancelTtl?.();
        one.going.abort(new AppError('cancelled'));
      }
      residents.clear();
    },
  };
}
