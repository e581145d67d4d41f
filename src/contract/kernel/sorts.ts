/** The order of lists, declared once: the columns that a store sorts by and the place that the panel gives a changed row both follow from it. */
import { AppError } from './errors.ts';
import { naturalKey } from './text/natural-key.ts';

/** How the values of one member are ordered. Null comes before every value; the comparison is not asked about it. */
export interface Sort {
  compare(a: unknown, b: unknown): number;
  /** True when no update of an entity changes the value. */
  fixed?: boolean;
  /** The member, where the order has another name. */
  member?: string;
  /** Order between equal values, in the same direction, where the caller names none. */
  within?: string;
}
/** Orders by the name of the member that they look at. */
export type Sorts = Readonly<Record<string, Sort>>;

/** One part of a `sort`. */
export interface SortKey<Name extends string = string> {
  name: Name;
  descending: boolean;
}

/** Place of a UTF-16 code unit in the order of code points: surrogates stand for those above U+FFFF. */
const rank = (unit: number) => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);

/** Order of code points, which is the order of UTF-8 bytes and of SQLite's `BINARY` collation. */
function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const difference = rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Text as it is: case matters. Also for moments, which all have the same form, and for ids. */
export const text = { compare: (a, b) => compareText(String(a), String(b)) } as const satisfies Sort;

/** As many keys as a screen compares again and again. */
const MOST_KEYS = 5_000;
const keys = new Map<string, string>();

function keyOf(name: string): string {
  const known = keys.get(name);
  if (known !== undefined) return known;
  if (keys.size >= MOST_KEYS) keys.clear();
  const key = naturalKey(name);
  keys.set(name, key);
  return key;
}

/** Names, see {@link naturalKey}. */
export const natural = { compare: (a, b) => compareText(keyOf(String(a)), keyOf(String(b))) } as const satisfies Sort;

/** Lists by their JSON, as the database has them. */
export const list = { compare: (a, b) => compareText(JSON.stringify(a), JSON.stringify(b)) } as const satisfies Sort;

export const number = { compare: (a, b) => Number(a) - Number(b) } as const satisfies Sort;

/** Those with one of `values` come after all others. */
export function among(values: readonly string[]) {
  const has = (value: unknown) => Number(values.includes(String(value)));
  return { compare: (a, b) => has(a) - has(b) } as const satisfies Sort;
}

/** The order in which `values` are given. */
export function ranked(values: readonly string[]) {
  return { compare: (a, b) => values.indexOf(String(a)) - values.indexOf(String(b)) } as const satisfies Sort;
}

/** Order of a list that declares no other. */
const NEWEST_FIRST = '-created_at';

/** What an entity says about the order of its lists. */
export interface Sorted<S extends Sorts = Sorts> {
  sorts: S;
  /** Order of a list that is asked for none; the newest first unless said. */
  defaultSort?: string;
}

/** Names of the orders of a list. */
export type SortOf<S extends Sorted> = keyof S['sorts'] & string;

/** The parts of a `sort`, most significant first. @throws AppError `validation-error` for a member that the list cannot be sorted by */
export function sortKeys<S extends Sorts>(
  { sorts, defaultSort = NEWEST_FIRST }: Sorted<S>,
  sort = defaultSort,
): SortKey<keyof S & string>[] {
  const keys: SortKey<keyof S & string>[] = sort.split(',').map((part) => {
    const descending = part.startsWith('-');
    const name = descending ? part.slice(1) : part;
    if (Object.hasOwn(sorts, name)) return { name, descending };
    throw new AppError(
      'validation-error',
      `Field 'sort': must be one of ${Object.keys(sorts).join(', ')}, with - for descending`,
      {
        errors: { sort: `unknown sort field ${name}` },
        extra: { field: 'sort', reason: 'unknown sort field' },
      },
    );
  });
  const last = keys.at(-1);
  const within = last === undefined ? undefined : sorts[last.name]?.within;
  return last === undefined || within === undefined ? keys : [...keys, { name: within, descending: last.descending }];
}

/** The order in which a list answers its rows; the id decides between equal ones, in the direction of the first part. */
export function rowOrder(
  sorted: Sorted,
  sort?: string,
): (a: Record<string, unknown>, b: Record<string, unknown>) => number {
  const keys = sortKeys(sorted, sort);
  const parts = [
    ...keys.map(({ name, descending }) => ({
      ...{ member: name, ...text, ...sorted.sorts[name] },
      descending,
    })),
    { member: 'id', ...text, descending: keys[0]?.descending ?? true },
  ];
  return (a, b) => {
    for (const { member, compare, descending } of parts) {
      const [one, other] = [a[member] ?? null, b[member] ?? null];
      const difference =
        one === null || other === null ? Number(one !== null) - Number(other !== null) : compare(one, other);
      if (difference !== 0) return descending ? -difference : difference;
    }
    return 0;
  };
}
