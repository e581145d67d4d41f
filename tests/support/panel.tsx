/** Components of the panel on jsdom, asking a real host in this process over a MessagePort as the desktop app does. */
import { QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { act, type RenderResult, render } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import type { ReactNode } from 'react';
import type { Client } from '../../src/contract/client/client-types.ts';
import type { Principal } from '../../src/main/core/operation/operation.ts';
import { OPERATOR } from '../../src/main/core/operation/operator.ts';
import { ClientProvider } from '../../src/renderer/lib/client/context.tsx';
import { followChanges } from '../../src/renderer/lib/live/live.ts';
import { createQueryClient } from '../../src/renderer/lib/live/query.ts';
import { parseSearch, stringifySearch } from '../../src/renderer/lib/search-params.ts';
import { ThemeProvider } from '../../src/renderer/ui/theme.tsx';
import type { TestHost } from './host.ts';
import { connectPanel } from './panel-client.ts';

/** What a test holds of a rendered component. */
export interface TestPanel extends RenderResult, AsyncDisposable {
  user: UserEvent;
  /** The client that the component asks; a test may call the host with it too. */
  client: Client;
  /** Address that the component has navigated to, path and search. */
  address(): string;
}

/** Options of {@link renderPanel}. */
export interface PanelOptions {
  /** Address to begin at. */
  at?: string;
  /** Who is calling; the operator unless given. */
  as?: Principal;
  /** Puts something between the component and its client, such as a fault. */
  through?: (client: Client) => Client;
}

/**
 * Renders `ui` inside everything that the panel gives its screens: theme, client, cache of queries with live changes,
 * and a router that takes every address, with the ids of those that have one. Disposing unmounts it and closes its connection.
 */
export async function renderPanel(host: TestHost, ui: ReactNode, options: PanelOptions = {}): Promise<TestPanel> {
  const { as = OPERATOR, through = (client: Client) => client } = options;
  const direct = await connectPanel(host, as);
  const client = through(direct);
  const queries = createQueryClient();
  const abort = new AbortController();
  followChanges(client, queries, abort.signal);
  const root = createRootRoute();
  const routes = ['$', '/tasks/$id', '/commands/$id', '/help/$topic', '/chat/$id'].map((path) =>
    createRoute({ getParentRoute: () => root, path, component: () => ui }),
  );
  const history = createMemoryHistory({ initialEntries: [options.at ?? '/'] });
  const router = createRouter({ routeTree: root.addChildren(routes), history, parseSearch, stringifySearch });
  const rendered = await act(async () =>
    render(
      <ThemeProvider env="test">
        <ClientProvider client={client}>
          <QueryClientProvider client={queries}>
            <RouterProvider router={router as never} />
          </QueryClientProvider>
        </ClientProvider>
      </ThemeProvider>,
    ),
  );
  return {
    ...rendered,
    user: userEvent.setup(),
    client,
    address: () => history.location.href,
    async [Symbol.asyncDispose]() {
      abort.abort();
      rendered.unmount();
      queries.clear();
      client.close();
    },
  };
}
