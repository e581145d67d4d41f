/** The client as React sees it. */
import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';
import type { Client, ClientStatus } from '../../../contract/client/client-types.ts';

const Context = createContext<Client | null>(null);

/** Gives the client to everything below. */
export function ClientProvider({ client, children }: { client: Client; children: ReactNode }) {
  return <Context value={client}>{children}</Context>;
}

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
