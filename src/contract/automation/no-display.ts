/** A browser that cannot open its window because the machine has no display. */

/** What Chromium and Playwright write then; they have no codes. */
export const NO_DISPLAY = /without having a XServer|Missing X server|cannot open display|failed to connect to Wayland/i;

/** Value of the problem's `reason`. */
export const NO_DISPLAY_REASON = 'no_display';
