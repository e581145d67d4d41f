/** A form whose values are a draft: what is typed survives Escape, a click beside the dialog, another screen and a reload. */
import { type ChangeEvent, useEffect, useState } from 'react';
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';
import { NO_DRAFT, useDrafts } from './drafts.ts';
import { fitting, type Shape } from './fitting.ts';
import { conflictsOf, edited, pendingEdits, rebased, type Stored, settled } from './merge.ts';

/** What a control gives when it is changed: an event of a text field, or the value itself. */
type Changed = Json | ChangeEvent<HTMLInputElement | HTMLTextAreaElement>;

const isEvent = (changed: Changed): changed is ChangeEvent<HTMLInputElement | HTMLTextAreaElement> =>
  typeof changed === 'object' && changed !== null && 'currentTarget' in changed && 'nativeEvent' in changed;

/** Where a form's values come from. */
export interface DraftFormOptions<V extends JsonObject> {
  /** Values without a draft: of the stored thing, or of a new one. */
  initial: V;
  /** Version of the stored thing; null for a new one. */
  version: number | null;
  /** What each value can be; a kept one that is nothing of it is left out. */
  shape: Shape<V>;
}

/**
 * @param key under which the draft is kept; nothing in it may be a secret
 */
export function useDraftForm<V extends JsonObject>(key: string, { initial, version, shape }: DraftFormOptions<V>) {
  const entry = fitting(shape, useDrafts((state) => state.entries[key]) ?? NO_DRAFT);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  // What was there when the form was opened.
  const [wasKept] = useState(() => pendingEdits(entry).length > 0);
  const stored: Stored | null = version === null ? null : { version, members: initial };
  const values: V = { ...initial, ...entry.edits };
  const conflicts = stored === null ? [] : conflictsOf(entry, stored);

  /** Two changes in one turn see each other: the entry is read when it is changed. */
  const alter = (next: (now: typeof entry) => typeof entry) => {
    const { entries, put } = useDrafts.getState();
    const after = next(fitting(shape, entries[key] ?? NO_DRAFT));
    put(key, after, after);
  };
  // What others changed is taken in as long as it meets no edit.
  const takesIn = stored !== null && entry.version !== null && stored.version > entry.version && conflicts.length === 0;
  useEffect(() => {
    if (takesIn) alter((now) => rebased(now, stored));
  });
  const change = (patch: Partial<V>) => {
    setErrors((old) => Object.fromEntries(Object.entries(old).filter(([name]) => !(name in patch))));
    alter((now) => edited(now, stored, patch as JsonObject));
  };
  const set = (name: keyof V & string, value: Json) => change({ [name]: value } as Partial<V>);

  return {
    values,
    change,
    errors,
    setErrors,
    /** Props of a control that holds a value. */
    input: <K extends keyof V & string>(name: K) => ({
      value: values[name],
      error: errors[name],
      onChange: (changed: Changed) => set(name, isEvent(changed) ? changed.currentTarget.value : changed),
    }),
    /** Props of a switch. */
    toggle: (name: keyof V & string) => ({
      checked: values[name] === true,
      error: errors[name],
      onChange: (event: ChangeEvent<HTMLInputElement>) => set(name, event.currentTarget.checked),
    }),
    isChanged: pendingEdits(entry).length > 0,
    /** True when the form was opened with what had been typed before. */
    wasKept,
    /** Members that somebody else has changed too. */
    conflicts,
    /** Ends the conflicts: with the values here, or with those that are stored now. */
    settle(by: 'mine' | 'theirs') {
      if (stored === null) return;
      const choices = conflicts.map((name) => [name, by === 'mine' ? values[name] : undefined] as const);
      alter((now) => settled(now, stored, Object.fromEntries(choices)));
    },
    /** The version to store over: that which the edits were begun on. */
    version: entry.version ?? version,
    /** Forgets what was typed. @returns a function that brings it back */
    drop() {
      setErrors({});
      return useDrafts.getState().drop(key);
    },
  };
}
