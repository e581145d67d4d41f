/** The panel's theme on the native side: what Chromium reports to the page and what the window shows before first paint. */
import { nativeTheme } from 'electron';
import type { Settings } from '../../../contract/host/settings.ts';

/** Lowest surface of the panel and the ink on it, the same values as in its style sheet. */
const COLORS = {
  light: { ground: '#f6f6f7', ink: '#111318' },
  dark: { ground: '#0e0f11', ink: '#eceef4' },
} as const;
const colors = () => COLORS[nativeTheme.shouldUseDarkColors ? 'dark' : 'light'];

/** Height of the panel's title bar, px. */
const TITLE_BAR_HEIGHT = 36;

/** Makes `prefers-color-scheme`, menus and dialogs follow the setting. */
export function applyTheme(theme: Settings['appearance.theme']): void {
  nativeTheme.themeSource = theme;
}

/** Colour of the window until the page has painted. */
export function surfaceColor(): string {
  return colors().ground;
}

/** Colours and height of the system's window buttons, which lie over the panel's title bar. */
export function titleBarOverlay(): { color: string; symbolColor: string; height: number } {
  return { color: colors().ground, symbolColor: colors().ink, height: TITLE_BAR_HEIGHT };
}

/** Calls the listener when light and dark change places. @returns stops listening */
export function onThemeChange(listener: () => void): () => void {
  nativeTheme.on('updated', listener);
  return () => nativeTheme.off('updated', listener);
}
