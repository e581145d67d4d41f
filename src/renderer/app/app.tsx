import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { type ReactNode, useEffect, useMemo } from 'react';
import type { Client } from '../../contract/client/client-types.ts';
import { ClientProvider, useClient, useClientStatus } from '../lib/client/context.tsx';
import { followChanges } from '../lib/live/live.ts';
import { createQueryClient } from '../lib/live/query.ts';
import { ThemeProvider } from '../ui/theme.tsx';
import { router } from './router.tsx';
import { SignIn } from './sign-in.tsx';

function Gate({ problem }: { problem: string | null }) {
  const { phase, connections } = useClientStatus();
  if (phase === 'signed_out' || phase === 'refused') return <SignIn problem={problem} />;
  // Nothing can be asked before the first welcome, unless the host stays away: then the frame shows that.
  return connections === 0 && phase === 'connecting' ? null : <RouterProvider router={router} />;
}

/**
 * The cache of one history of the host's database. When that is another one, because a backup was restored, nothing that was loaded
 * holds any more: everything below is mounted and asked for anew. Drafts outlive it, as they do a reload.
 */
export function LiveCache({ children }: { children: ReactNode }) {
  const client = useClient();
  const { history } = useClientStatus();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each history has a cache of its own.
  const queries = useMemo(createQueryClient, [history]);
  useEffect(() => {
    const abort = new AbortController();
    followChanges(client, queries, abort.signal);
    return () => abort.abort();
  }, [client, queries]);
  return (
    <QueryClientProvider key={history} client={queries}>
      {children}
    </QueryClientProvider>
  );
}

/** Everything. */
export function App({ client, problem }: { client: Client; problem: string | null }) {
  return (
    <ThemeProvider>
      <ClientProvider client={client}>
        <LiveCache>
          <Gate problem={problem} />
        </LiveCache>
      </ClientProvider>
    </ThemeProvider>
  );
}
