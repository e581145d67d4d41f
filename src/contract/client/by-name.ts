/** Finds things by their whole name, where people write names and calls need ids. */
import type { Page } from '../kernel/paging.ts';

/** Rows of one page. */
const LIMIT = 200;

/**
 * Those that are called exactly so: none, the one, or two, which say that the name does not tell them apart.
 * @param list a page of what contains a text, such as `profiles_list` answers
 */
export async function namedSo<T extends { name: string }>(
  name: string,
  list: (query: { q: string; limit: number; cursor?: string }) => Promise<Page<T>>,
): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await list({ q: name, limit: LIMIT, ...(cursor === null ? {} : { cursor }) });
    found.push(...page.items.filter((one) => one.name === name));
    cursor = page.next_cursor;
  } while (cursor !== null && found.length < 2);
  return found.slice(0, 2);
}
