/** The part of the address that holds filters: plain `name=value` pairs, lists joined by commas. */

/** Search parameters as the router keeps them. */
export type Search = Record<string, string>;

/** `?status=failed,dead&q=login` → `{ status: 'failed,dead', q: 'login' }`. */
export function parseSearch(text: string): Search {
  return Object.fromEntries([...new URLSearchParams(text)].filter(([, value]) => value !== ''));
}

/** The other way; empty and absent values are left out, commas stay readable. */
export function stringifySearch(search: Record<string, unknown>): string {
  const pairs = Object.entries(search)
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value)).replaceAll('%2C', ',')}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** A comma list of which only the values of `known` count; `undefined` when none is left. */
export function listOf<T extends string>(text: string | undefined, known: readonly T[]): T[] | undefined {
  const values = (text ?? '').split(',').filter((value): value is T => (known as readonly string[]).includes(value));
  return values.length === 0 ? undefined : [...new Set(values)];
}

/** Adds or removes one value of a comma list; `undefined` when it becomes empty. */
export function toggled(text: string | undefined, value: string): string | undefined {
  const values = (text ?? '').split(',').filter((item) => item !== '');
  const next = values.includes(value) ? values.filter((item) => item !== value) : [...values, value];
  return next.length === 0 ? undefined : next.join(',');
}
