/** Ids from one row to another, in the order of the list. Only `to` when the row that the range starts at is gone. */
export function rangeOf(ids: readonly string[], from: string, to: string): string[] {
  const end = ids.indexOf(to);
  if (end < 0) return [];
  const start = ids.indexOf(from);
  return start < 0 ? [to] : ids.slice(Math.min(start, end), Math.max(start, end) + 1);
}
