/** The client as React sees it. */
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { Client, ClientStatus } from '../../../contract/client/client-types.ts';

const Context = createContext<Client | null>(null);

const Since = createContext<number | null>(null);

/** Unix ms at which the host was lost; `null` while it can be reached. */
function useLostAt(client: Client): number | null {
  const [at, setAt] = useState<number | null>(null);
  useEffect(
    () =>
      client.subscribe(() => {
        const { phase } = client.status();
        if (phase === 'online') setAt(null);
        else if (phase === 'offline') setAt((before) => before ?? Date.now());
      }),
    [client],
  );
  return at;
}

/** Gives the client to everything below. */
export function ClientProvider({ client, children }: { client: Client; children: ReactNode }) {
  return (
    <Context value={client}>
      <Since value={useLostAt(client)}>{children}</Since>
    </Context>
  );
}

/** Unix ms of which what is shown is, because the host is gone since then; `null` while it can be reached. */
export const useOfflineSince = (): number | null => useContext(Since);

/** The client. @throws Error outside of {@link ClientProvider} */
export function useClient(): Client {
  const client = useContext(Context);
  if (client === null) throw new Error('useClient needs a ClientProvider');
  return client;
}

/** State of the connection; renders again when it changes. */
export function useClientStatus(): ClientStatus {
  const client = useClient();
  return useSyncExternalStore(client.subscribe, client.status);
}

/** True while the host can be reached. */
export function useOnline(): boolean {
  return useClientStatus().phase === 'online';
}
