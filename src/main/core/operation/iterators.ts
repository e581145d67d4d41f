/** Ending what is read from, without waiting for it and whatever it throws: its reader is leaving, and nobody could be told. */
export function endQuietly(iterator: AsyncIterator<unknown>): void {
  Promise.try(() => iterator.return?.(undefined)).catch(() => undefined);
}
