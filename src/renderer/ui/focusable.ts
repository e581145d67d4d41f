/**
 * Makes a scrolling region or a divider reachable by keyboard (WCAG 2.1.1): their arrow keys do something, although their
 * element is no control.
 */
export const focusable = { tabIndex: 0 } as const;
