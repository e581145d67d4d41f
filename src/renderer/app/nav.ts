/** The screens there are, in the order of the sidebar. */
import {
  Cable,
  CircleQuestionMark,
  FileCode2,
  Gauge,
  ListChecks,
  type LucideIcon,
  ScrollText,
  Settings,
  SquareUser,
} from 'lucide-react';

/** One entry of the navigation. */
export interface NavItem {
  to: '/' | '/tasks' | '/commands' | '/profiles' | '/logs' | '/connections' | '/settings';
  title: string;
  Icon: LucideIcon;
  keys: string[];
}

/** Screens above the space in the sidebar. */
export const NAV: readonly NavItem[] = [
  { to: '/', title: 'Dashboard', Icon: Gauge, keys: ['G D'] },
  { to: '/tasks', title: 'Tasks', Icon: ListChecks, keys: ['G T'] },
  { to: '/commands', title: 'Commands', Icon: FileCode2, keys: ['G C'] },
  { to: '/profiles', title: 'Profiles', Icon: SquareUser, keys: ['G P'] },
  { to: '/connections', title: 'Connections', Icon: Cable, keys: ['G N'] },
  { to: '/logs', title: 'Logs & metrics', Icon: ScrollText, keys: ['G L'] },
];

/** The guide; it opens at the page of the screen that is shown. */
export const HELP_NAV = { title: 'Help', Icon: CircleQuestionMark, keys: ['F1'] } as const;

/** The last entry. */
export const SETTINGS_NAV: NavItem = { to: '/settings', title: 'Settings', Icon: Settings, keys: ['Mod+,'] };
