/** Addresses of the panel. The hash carries them, so the same files work at /panel/ and under app://. */
import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { HELP_TOPICS } from '../lib/help.ts';
import { parseSearch, type Search, stringifySearch } from '../lib/search-params.ts';
import { NotFound, ScreenError } from './screen-error.tsx';
import { Shell } from './shell.tsx';

const validateSearch = (search: Record<string, unknown>): Search =>
  Object.fromEntries(Object.entries(search).map(([name, value]) => [name, String(value)]));

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: ScreenError });

const dashboard = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('../features/dashboard/dashboard-screen.tsx'), 'DashboardScreen'),
});
const tasks = createRoute({
  getParentRoute: () => root,
  path: '/tasks',
  validateSearch,
  component: lazyRouteComponent(() => import('../features/tasks/list/tasks-screen.tsx'), 'TasksScreen'),
});
const task = createRoute({
  getParentRoute: () => root,
  path: '/tasks/$id',
  validateSearch,
  component: lazyRouteComponent(() => import('../features/tasks/detail/task-screen.tsx'), 'TaskScreen'),
});
const commands = createRoute({
  getParentRoute: () => root,
  path: '/commands',
  validateSearch,
  component: lazyRouteComponent(() => import('../features/commands/commands-screen.tsx'), 'CommandsScreen'),
});
const command = createRoute({
  getParentRoute: () => root,
  path: '/commands/$id',
  validateSearch,
  component: lazyRouteComponent(() => import('../features/commands/commands-screen.tsx'), 'CommandsScreen'),
});
const profiles = createRoute({
  getParentRoute: () => root,
  path: '/profiles',
  validateSearch,
  component: lazyRouteComponent(() => import('../features/profiles/profiles-screen.tsx'), 'ProfilesScreen'),
});
const logs = createRoute({
  getParentRoute: () => root,
  path: '/logs',
  validateSearch,
  component: lazyRouteComponent(() => import('../features/logs/logs-and-metrics-screen.tsx'), 'LogsAndMetricsScreen'),
});
const connections = createRoute({
  getParentRoute: () => root,
  path: '/connections',
  validateSearch,
  component: lazyRouteComponent(() => import('../features/connections/connections-screen.tsx'), 'ConnectionsScreen'),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch,
  component: lazyRouteComponent(() => import('../features/settings/settings-screen.tsx'), 'SettingsScreen'),
});
const help = createRoute({
  getParentRoute: () => root,
  path: '/help',
  beforeLoad: () => {
    throw redirect({ to: '/help/$topic', params: { topic: HELP_TOPICS[0].id }, replace: true });
  },
});
const helpTopic = createRoute({
  getParentRoute: () => root,
  path: '/help/$topic',
  component: lazyRouteComponent(() => import('../features/help/help-screen.tsx'), 'HelpScreen'),
});

/** The router. Search parameters are plain strings, see `lib/search-params.ts`. */
export const router = createRouter({
  routeTree: root.addChildren([
    dashboard,
    tasks,
    task,
    commands,
    command,
    profiles,
    logs,
    connections,
    settings,
    help,
    helpTopic,
  ]),
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
