/** The panel's theme on the native side: what Chromium reports to the page and what the window shows before first paint. */
import { nativeTheme } from 'electron';
import type { Settings } from '../../contract/settings.ts';

/** Lowest surface of the panel, the same values as in its style sheet. */
const SURFACE = { light: '#f6f7f9', dark: '#131417' } as const;

/** Makes `prefers-color-scheme`, menus and dialogs follow the setting. */
export function applyTheme(theme: Settings['appearance.theme']): void {
  nativeTheme.themeSource = theme;
}

/** Colour of the window until the page has painted. */
export function surfaceColor(): string {
  return nativeTheme.shouldUseDarkColors ? SURFACE.dark : SURFACE.light;
}

/** Calls the listener when light and dark change places. @returns stops listening */
export function onThemeChange(listener: () => void): () => void {
  nativeTheme.on('updated', listener);
  return () => nativeTheme.off('updated', listener);
}
