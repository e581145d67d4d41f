import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { Client } from '../../contract/client/client-types.ts';
import { ClientProvider, useClientStatus } from '../lib/client/context.tsx';
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

/** Everything. */
export function App({ client, problem }: { client: Client; problem: string | null }) {
  const [queries] = useState(createQueryClient);
  useEffect(() => {
    const abort = new AbortController();
    followChanges(client, queries, abort.signal);
    return () => abort.abort();
  }, [client, queries]);
  return (
    <ThemeProvider>
      <ClientProvider client={client}>
        <QueryClientProvider client={queries}>
          <Gate problem={problem} />
        </QueryClientProvider>
      </ClientProvider>
    </ThemeProvider>
  );
}
