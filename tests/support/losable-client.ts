import type { Client } from '../../src/contract/client/client-types.ts';
import { offlineError } from '../../src/contract/client/offline.ts';

/** A component's client that can lose its host, as it does when the host's process ends: calls fail, and the status says so. */
export function losable() {
  const listeners = new Set<() => void>();
  let lost = false;
  return {
    lose: () => set(true),
    find: () => set(false),
    through(client: Client): Client {
      const offline = { ...client.status(), phase: 'offline', retryAt: null } as const;
      return {
        ...client,
        status: () => (lost ? offline : client.status()),
        subscribe(listener) {
          listeners.add(listener);
          const stop = client.subscribe(listener);
          return () => {
            listeners.delete(listener);
            stop();
          };
        },
        call: (op, input, options) => (lost ? Promise.reject(offlineError(true)) : client.call(op, input, options)),
      };
    },
  };

  function set(to: boolean): void {
    lost = to;
    for (const listener of listeners) listener();
  }
}
