/** Screens that the menu and deep links know: names, words and routes of the panel's hash history. */

/** One screen of the panel. */
export interface Screen {
  /** Name in deep links. */
  id: string;
  label: string;
  route: string;
}

/** Screens in the order of the panel's rail; the first nine have `CmdOrCtrl+<n>`. */
export const SCREENS: readonly Screen[] = [
  { id: 'dashboard', label: 'Dashboard', route: '/' },
  { id: 'tasks', label: 'Tasks', route: '/tasks' },
  { id: 'commands', label: 'Commands', route: '/commands' },
  { id: 'profiles', label: 'Profiles', route: '/profiles' },
  { id: 'connections', label: 'Connections', route: '/connections' },
  { id: 'logs', label: 'Logs & metrics', route: '/logs' },
  { id: 'settings', label: 'Settings', route: '/settings' },
];

/** The user guide; it has no place on the rail's numbers. */
export const HELP: Screen = { id: 'help', label: 'TabAgent help', route: '/help' };

/** Route of a task's page. */
export function taskRoute(id: string): string {
  return `/tasks/${id}`;
}
