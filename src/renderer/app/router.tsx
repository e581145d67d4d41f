/** Addresses of the panel. The hash carries them, so the same files work at /panel/ and under app://. */
import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  type RouteComponent,
} from '@tanstack/react-router';
import { SCREENS, type ScreenPath } from '../../contract/host/screens.ts';
import { parseSearch, type Search, stringifySearch } from '../lib/search-params.ts';
import { NotFound, ScreenError } from './screen-error.tsx';
import { viewOf } from './screens.ts';
import { Shell } from './shell.tsx';

const validateSearch = (search: Record<string, unknown>): Search =>
  Object.fromEntries(Object.entries(search).map(([name, value]) => [name, String(value)]));

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: ScreenError });

const page = <P extends ScreenPath>(path: P, component: RouteComponent) =>
  createRoute({ getParentRoute: () => root, path, validateSearch, component, errorComponent: ScreenError });

/** The router checks links against this type, so each path is a member of its own. */
type Page = { [P in ScreenPath]: ReturnType<typeof page<P>> }[ScreenPath];

const pages = SCREENS.flatMap((screen) => {
  const { list, detail = list } = viewOf(screen.id);
  return [page(screen.path, list), ...('detail' in screen ? [page(screen.detail, detail)] : [])];
}) as Page[];

/** The router. Search parameters are plain strings, see `lib/search-params.ts`. */
export const router = createRouter({
  routeTree: root.addChildren(pages),
  history: createHashHistory(),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPendingMs: 150,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
