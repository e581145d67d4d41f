/**
 * Where drafts are kept. Each tab has a slot of its own for each draft, so that two of them that type into the same thing do not
 * overwrite each other. A tab that has not typed shows the newest slot of the others; what it types then continues that slot, and what
 * it saves or discards ends it for everybody but the tab that wrote it.
 */

/** What is needed to know of a draft. */
interface Kept {
  version: number | null;
  at: number;
}

/** One draft as one tab wrote it. */
interface Slot<E extends Kept> {
  entry: E;
  /** Slots that it continues, by name, as they were at that time. */
  over: Readonly<Record<string, number>>;
  /** Another tab has continued it, and has saved or discarded it. */
  ended: boolean;
}

/** What a tab remembers over a reload. */
interface Tab {
  id: string;
  /** Drafts that were saved or discarded in it, by the least version of which another draft is shown there; null for none. */
  done: Record<string, number | null>;
}

const PREFIX = 'tabagent.draft.';
const TAB = 'tabagent.tab';
const OWNED = /^(.*)~[0-9a-f]{8}$/s;

/** Key of the draft in an item of the storage; null for an item of something else. */
export const draftKey = (name: string): string | null => {
  if (!name.startsWith(PREFIX)) return null;
  const key = name.slice(PREFIX.length);
  return OWNED.exec(key)?.[1] ?? key;
};

/** The items of the storage that are drafts, of every tab. */
function createItems<E extends Kept>(local: () => Storage, parse: (item: unknown) => E | null) {
  const text = (name: string) => quietly(() => local().getItem(name)) ?? null;
  const read = (name: string) => parseSlot(text(name), parse);
  const write = (name: string, item: string | null): boolean =>
    quietly(() => {
      if (item === null) local().removeItem(name);
      else local().setItem(name, item);
      return true;
    }) ?? false;
  return {
    text,
    read,
    /** @returns false when the storage is full or closed to this page */
    write,
    all: () =>
      (quietly(() => Object.keys(local())) ?? []).flatMap((name) => {
        const key = draftKey(name);
        const item = key === null ? null : text(name);
        const slot = parseSlot(item, parse);
        return key === null || item === null || slot === null ? [] : [{ name, key, item, slot }];
      }),
    /** Ends other tabs' slots, as far as they still are what was continued. @returns what they were */
    end: (over: Readonly<Record<string, number>>): [name: string, was: string, is: string][] =>
      Object.entries(over).flatMap(([name, at]) => {
        const was = text(name);
        if (was === null || parseSlot(was, parse)?.entry.at !== at) return [];
        const is = JSON.stringify({ ...(parsed(was) as object), ended: true });
        write(name, is);
        return [[name, was, is]];
      }),
  };
}

type Mine = ReadonlyMap<string, { item: string; over: Readonly<Record<string, number>> }>;

/** Which slot of a draft a tab shows. */
function createView<E extends Kept>(
  items: ReturnType<typeof createItems<E>>,
  tab: Tab,
  ended: ReadonlySet<string>,
  mine: Mine,
  nameOf: (key: string) => string,
) {
  const mayShow = (key: string, { entry, ended: isEnded }: Slot<E>): boolean => {
    if (isEnded || ended.has(key)) return false;
    if (!Object.hasOwn(tab.done, key)) return true;
    const least = tab.done[key] ?? null;
    return least !== null && entry.version !== null && entry.version >= least;
  };
  /** The slot that is shown here: its own one, or the newest of the others. */
  const shown = (key: string): { name: string; slot: Slot<E> } | null => {
    const own = items.read(nameOf(key));
    if (own !== null) return { name: nameOf(key), slot: own };
    const others = items.all().filter((item) => item.key === key && mayShow(key, item.slot));
    return others.sort((a, b) => b.slot.entry.at - a.slot.entry.at)[0] ?? null;
  };
  const overOf = (key: string): Readonly<Record<string, number>> => {
    const own = mine.get(key);
    const from = own === undefined ? shown(key) : null;
    return from === null ? (own?.over ?? {}) : { ...from.slot.over, [from.name]: from.slot.entry.at };
  };
  return { shown, overOf };
}

/**
 * The drafts as one tab sees and writes them.
 * @param local storage of all tabs, and `session` of this one; both may throw
 * @param parse the entry in an item; null when it is none
 */
export function createSlots<E extends Kept>(
  local: () => Storage,
  session: () => Storage,
  parse: (item: unknown) => E | null,
  now: () => number = Date.now,
) {
  const items = createItems(local, parse);
  const { text, write } = items;
  const tab = takeTab(session);
  /** What this tab wrote last, while it has not ended. */
  const mine = new Map<string, { item: string; over: Readonly<Record<string, number>> }>();
  /** What has ended here since the page was loaded: it does not come back from elsewhere before the next one. */
  const ended = new Set<string>();
  let last = 0;

  const nameOf = (key: string) => `${PREFIX}${key}~${tab.id}`;
  const { shown, overOf } = createView(items, tab, ended, mine, nameOf);
  for (const { name, key, item, slot } of items.all()) {
    if (name === nameOf(key)) mine.set(key, { item, over: slot.over });
    // The age of one without a date is counted from the first time it is read.
    if (slot.entry.at === 0) write(name, JSON.stringify({ ...(parsed(item) as object), at: now() }));
  }

  return {
    /** Every item, whether it is shown or not. */
    all: () => items.all().map(({ name, key, slot }) => ({ name, key, at: slot.entry.at, ended: slot.ended })),
    forget: (name: string) => void write(name, null),
    /** Gives up what this tab wrote. */
    giveUp(key: string): void {
      mine.delete(key);
      write(nameOf(key), null);
    },
    see: (key: string): E | null => shown(key)?.slot.entry ?? null,
    /** Whether it was typed in this tab. */
    isMine: (key: string) => mine.has(key),
    /** @returns when it was written, and false when the storage does not take it */
    put(key: string, entry: E): { at: number; kept: boolean } {
      last = Math.max(now(), last + 1);
      const over = overOf(key);
      const item = JSON.stringify({ ...entry, at: last, ...(Object.keys(over).length === 0 ? {} : { over }) });
      mine.set(key, { item, over });
      return { at: last, kept: write(nameOf(key), item) };
    },
    /**
     * It is saved or discarded here.
     * @param least version of which another tab's draft is one of what is stored now
     * @returns a function that brings it back
     */
    end(key: string, least: number | null): () => void {
      const own = mine.get(key);
      const others = items.end(overOf(key));
      const { done } = tab;
      mine.delete(key);
      ended.add(key);
      const before = Object.hasOwn(done, key) ? (done[key] ?? null) : 0;
      tab.done = { ...done, [key]: least === null || before === null ? null : Math.max(least, before) };
      write(nameOf(key), null);
      return () => {
        ended.delete(key);
        tab.done = done;
        for (const [name, was, is] of others) if (text(name) === is) write(name, was);
        if (own === undefined) return;
        mine.set(key, own);
        write(nameOf(key), own.item);
      };
    },
    /** Writes a slot of this tab again that another one has removed. */
    rewrite(key: string): void {
      const own = mine.get(key);
      if (own !== undefined && text(nameOf(key)) === null) write(nameOf(key), own.item);
    },
    /** The page goes: what is loaded next in this tab is the same one. A copy of the tab is another one, because it does not find this. */
    leave: () => void quietly(() => session().setItem(TAB, JSON.stringify(tab))),
    /** The page is back without having been loaded. */
    stay: () => void quietly(() => session().removeItem(TAB)),
  };
}

function parseSlot<E extends Kept>(item: string | null, parse: (item: unknown) => E | null): Slot<E> | null {
  const value = parsed(item);
  const entry = parse(value);
  if (entry === null) return null;
  const { over, ended } = value as { over?: unknown; ended?: unknown };
  const names = typeof over === 'object' && over !== null ? Object.entries(over) : [];
  return { entry, over: Object.fromEntries(names.map(([name, at]) => [name, Number(at)])), ended: ended === true };
}

/** The tab that this page was loaded in, or a new one. */
function takeTab(session: () => Storage): Tab {
  const kept = quietly(() => session().getItem(TAB)) ?? null;
  quietly(() => session().removeItem(TAB));
  const { id, done } = (parsed(kept) ?? {}) as Partial<Tab>;
  const isDone = typeof done === 'object' && done !== null;
  return typeof id === 'string' && isDone ? { id, done } : { id: crypto.randomUUID().slice(0, 8), done: {} };
}

function parsed(item: string | null): unknown {
  try {
    return JSON.parse(item ?? 'null');
  } catch {
    return null;
  }
}

/** Without storage, or where it is full, a draft lives as long as its page. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
