/** The state of the connection as a value that can be subscribed to. */
import type { ClientStatus } from './client-types.ts';

/** Holds the status. */
export interface StatusStore {
  get(): ClientStatus;
  set(patch: Partial<ClientStatus>): void;
  subscribe(listener: () => void): () => void;
}

/** Creates the store of a client that begins to connect. */
export function createStatus(): StatusStore {
  let status: ClientStatus = {
    phase: 'connecting',
    retryAt: null,
    principal: null,
    version: null,
    history: null,
    connections: 0,
  };
  const listeners = new Set<() => void>();
  return {
    get: () => status,
    set(patch) {
      status = { ...status, ...patch };
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
