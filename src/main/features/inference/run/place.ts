/** A place to compute on a loaded model: the model is kept in memory and the caller has its turn until it leaves. */
import type { LoadedFacts } from '../../../../contract/models/engine.ts';
import type { LoadableModel } from '../deps.ts';
import type { Resident } from '../models/resident.ts';
import type { Residents } from '../models/residents.ts';

/** On whose behalf something is computed. */
export interface Caller {
  /** Callers take turns by this name. */
  caller: string;
  signal: AbortSignal;
  /** How long it waits for a model that is being loaded, ms; absent: until it is. */
  loadWaitMs?: number | undefined;
}

export interface Place {
  readonly resident: Resident;
  readonly facts: LoadedFacts;
  /** Aborted when the caller leaves or the model is unloaded. */
  readonly signal: AbortSignal;
  leave(): void;
}

/** Loads the model when it has to, then waits for a turn. @throws AppError `model-not-loaded`, `resource-limit-exceeded`, `cancelled`, … */
export async function takePlace(
  residents: Pick<Residents, 'lease'>,
  model: LoadableModel,
  { caller, signal: callerSignal, loadWaitMs }: Caller,
): Promise<Place> {
  const lease = await residents.lease(model, callerSignal, loadWaitMs);
  const { resident, facts } = lease;
  const signal = AbortSignal.any([callerSignal, resident.going.signal]);
  try {
    const endTurn = await resident.turns.enter(caller, signal);
    const leave = () => {
      endTurn();
      lease.release();
    };
    return { resident, facts, signal, leave };
  } catch (error) {
    lease.release();
    throw error;
  }
}
