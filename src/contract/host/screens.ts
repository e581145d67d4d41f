/**
 * The registry of the panel's screens, one line each, in the order of the sidebar. Routes, sidebar, keys, the desktop's menu,
 * deep links and the way to the guide follow from it; what a screen shows lies in `src/renderer/features/<id>/screen.ts`.
 */

/** One screen. */
interface ScreenRecord {
  /** Its name in deep links, and the folder of its feature in the panel. */
  id: string;
  /** Route in the panel's hash history. */
  path: `/${string}`;
  /** Route of one thing on it. */
  detail?: `/${string}/$${string}`;
  title: string;
  /** The chord that opens it. */
  key: string;
  /** The page of the guide about it. */
  help: string;
  /** Part of the sidebar; `help` opens at the page about the screen that is shown and has no number among the screens. */
  where: 'top' | 'bottom' | 'help';
}

/** All screens. */
export const SCREENS = [
  { id: 'dashboard', path: '/', title: 'Dashboard', key: 'G D', help: 'first-task', where: 'top' },
  { id: 'tasks', path: '/tasks', detail: '/tasks/$id', title: 'Tasks', key: 'G T', help: 'tasks', where: 'top' },
  {
    id: 'commands',
    path: '/commands',
    detail: '/commands/$id',
    title: 'Commands',
    key: 'G C',
    help: 'commands',
    where: 'top',
  },
  { id: 'profiles', path: '/profiles', title: 'Profiles', key: 'G P', help: 'profiles', where: 'top' },
  { id: 'proxies', path: '/proxies', title: 'Proxies', key: 'G X', help: 'proxies', where: 'top' },
  { id: 'schedules', path: '/schedules', title: 'Schedules', key: 'G S', help: 'schedules', where: 'top' },
  { id: 'models', path: '/models', title: 'Models', key: 'G M', help: 'models', where: 'top' },
  { id: 'chat', path: '/chat', detail: '/chat/$id', title: 'Chat', key: 'G H', help: 'chat', where: 'top' },
  { id: 'connections', path: '/connections', title: 'Connections', key: 'G N', help: 'connections', where: 'top' },
  { id: 'logs', path: '/logs', title: 'Logs & metrics', key: 'G L', help: 'logs-and-metrics', where: 'top' },
  { id: 'help', path: '/help', detail: '/help/$topic', title: 'Help', key: 'F1', help: 'first-task', where: 'help' },
  { id: 'settings', path: '/settings', title: 'Settings', key: 'Mod+,', help: 'settings-and-data', where: 'bottom' },
] as const satisfies readonly ScreenRecord[];

/** A screen. */
export type Screen = (typeof SCREENS)[number];
/** Name of a screen. */
export type ScreenId = Screen['id'];
/** Routes of the panel. */
export type ScreenPath = Screen['path'] | Extract<Screen, { detail: string }>['detail'];

/** Screens that can be gone to by number, first is 1. */
export const NUMBERED_SCREENS = SCREENS.filter((screen) => screen.where !== 'help');
