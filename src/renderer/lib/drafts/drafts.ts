/**
 * Unsaved changes of this window, by what they belong to. They survive a reload, another screen and a restart of the host: each is
 * one item of the browser's storage, without the parts that are secret, which stay in memory.
 */

import { create } from 'zustand';
import { isJsonObject } from '../../../contract/kernel/json.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { staleKeys } from './stale-keys.ts';

/** What has been typed and not been saved. */
export interface DraftEntry {
  /** Members that were changed. One that equals its `base` has been saved and waits to be seen in the stored thing. */
  edits: JsonObject;
  /** What was stored under each edit when it was begun, or saved last. */
  base: JsonObject;
  /** Version of the stored thing that `base` is of; null for a thing that is not stored yet. */
  version: number | null;
  /** Input typed for its next run; null before anything was. */
  input: JsonObject | null;
  /** Texts that do not parse, by the name of their editor. */
  texts: Record<string, string>;
  /** Names of values that were secret at some time, and stay so for this draft. */
  hidden: readonly string[];
  /** When it was changed last, ms since 1970. */
  at: number;
}

/** Nothing typed. */
export const NO_DRAFT: DraftEntry = { edits: {}, base: {}, version: null, input: null, texts: {}, hidden: [], at: 0 };

interface Drafts {
  entries: Readonly<Record<string, DraftEntry>>;
  /** True when the browser's storage took the last change of each draft; without that they are gone after a reload. */
  kept: boolean;
  /** @param forStorage the same without what is secret */
  put(key: string, entry: DraftEntry, forStorage: DraftEntry): void;
  /** Forgets a draft. @returns a function that brings it back, secrets and all, for as long as the page lives */
  drop(key: string): () => void;
}

const PREFIX = 'tabagent.draft.';

/** What this page wrote last of the drafts that were typed in it. */
const typedHere = new Map<string, string>();

/** Whether nothing would be lost without it. */
export const isEmpty = ({ edits, input, texts }: DraftEntry): boolean =>
  input === null && Object.keys(edits).length === 0 && Object.keys(texts).length === 0;

/** The drafts. */
export const useDrafts = create<Drafts>()((set) => ({
  entries: readAll(),
  kept: true,
  put(key, entry, forStorage) {
    if (isEmpty(entry)) {
      useDrafts.getState().drop(key);
      return;
    }
    const at = Date.now();
    const stored = JSON.stringify({ ...forStorage, at });
    typedHere.set(key, stored);
    set(({ entries }) => ({
      entries: withoutStale({ ...entries, [key]: { ...entry, at } }, at),
      kept: write(key, stored),
    }));
  },
  drop(key) {
    const { [key]: gone, ...rest } = useDrafts.getState().entries;
    const stored = read(key);
    typedHere.delete(key);
    set({ entries: rest });
    write(key, null);
    return () => {
      if (gone !== undefined) set(({ entries }) => ({ entries: { ...entries, [key]: gone } }));
      if (stored !== null) write(key, stored);
    };
  },
}));

/**
 * Another tab has changed, saved or dropped a draft of the same thing. What was typed here is still unsaved and goes back into the storage;
 * what was only read from it follows the other tab.
 */
function followOthers({ key: name, newValue }: StorageEvent): void {
  if (!name?.startsWith(PREFIX)) return;
  const key = name.slice(PREFIX.length);
  const typed = typedHere.get(key);
  if (typed !== undefined) {
    if (newValue === null) write(key, typed);
    return;
  }
  const entry = parseEntry(newValue);
  const { [key]: _old, ...others } = useDrafts.getState().entries;
  useDrafts.setState({ entries: entry === null ? others : { ...others, [key]: entry } });
}
if (typeof window !== 'undefined') window.addEventListener('storage', followOthers);

/** @returns false when the storage is full or closed to this page */
function write(key: string, entry: DraftEntry | string | null): boolean {
  try {
    if (entry === null) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, typeof entry === 'string' ? entry : JSON.stringify(entry));
    return true;
  } catch {
    return false;
  }
}

/** What the storage holds of a draft, as text. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}

/** The drafts without those that are too many or too old, which leave the storage too. */
function withoutStale(entries: Record<string, DraftEntry>, now: number): Record<string, DraftEntry> {
  const stale = new Set(staleKeys(entries, now));
  for (const key of stale) write(key, null);
  return stale.size === 0 ? entries : Object.fromEntries(Object.entries(entries).filter(([key]) => !stale.has(key)));
}

/** What an earlier page left. An item that another version of the panel wrote in another form is left alone. */
function readAll(): Record<string, DraftEntry> {
  const now = Date.now();
  const entries: Record<string, DraftEntry> = {};
  try {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(PREFIX)) continue;
      const entry = parseEntry(localStorage.getItem(name));
      if (entry === null) continue;
      const key = name.slice(PREFIX.length);
      // Its age is counted from the first time it is read when it was written without one.
      entries[key] = entry.at > 0 ? entry : { ...entry, at: now };
      if (entry.at === 0) write(key, entries[key]);
    }
  } catch (error) {
    // Without storage a draft lives as long as its page.
    if (!(error instanceof DOMException || typeof localStorage === 'undefined')) throw error;
  }
  return withoutStale(entries, now);
}

function parseEntry(text: string | null): DraftEntry | null {
  try {
    const { edits, base, version, input, texts, hidden, at } = JSON.parse(text ?? '') as Record<string, unknown>;
    if (!isJsonObject(edits) || !isJsonObject(base) || !isJsonObject(texts)) return null;
    return {
      edits,
      base,
      version: typeof version === 'number' ? version : null,
      input: isJsonObject(input) ? input : null,
      texts: Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, String(value)])),
      hidden: Array.isArray(hidden) ? hidden.map(String) : [],
      at: typeof at === 'number' ? at : 0,
    };
  } catch {
    return null;
  }
}
