/** Height of a row in px: `--row` of tokens.css in the density that is set. */
export const rowHeight = (): number => (document.documentElement.dataset.density === 'compact' ? 28 : 32);
