import { useEffect, useState } from 'react';
import type { Command } from '../../../contract/automation/commands.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { type DraftEntry, NO_DRAFT, useDrafts } from '../../lib/drafts/drafts.ts';
import { fitting } from '../../lib/drafts/fitting.ts';
import { conflictsOf, edited, pendingEdits, rebased, settled } from '../../lib/drafts/merge.ts';
import { fieldsOf } from '../../ui/schema-form/model/read-schema.ts';
import { initialInput } from '../../ui/schema-form/model/values.ts';
import { DRAFT_SHAPE, type Draft, draftFrom, storedOf } from './draft.ts';
import { keepDraft } from './draft-storage.ts';
import { DEFAULT_TEMPLATE } from './templates.ts';

const BLANK = draftFrom(DEFAULT_TEMPLATE);

/**
 * The command of a key as it is edited here, and the input typed for its next run.
 * @param command `null` until it is stored
 * @param saving while true, what arrives may be the command's own save: it is no conflict
 */
export function useDraft(key: string, command: Command | null, saving: boolean) {
  const entry = fitting(DRAFT_SHAPE, useDrafts((state) => state.entries[key]) ?? NO_DRAFT);
  const kept = useDrafts((state) => state.kept);
  // Editors keep their own text; a new generation makes them read the draft again.
  const [generation, setGeneration] = useState(0);
  const reread = () => setGeneration((old) => old + 1);

  const stored = command === null ? null : storedOf(command);
  const members = stored === null ? BLANK : (stored.members as unknown as Draft);
  const draft: Draft = { ...members, ...(entry.edits as Partial<Draft>) };
  const conflicts = stored === null || saving ? [] : conflictsOf(entry, stored);
  const fields = fieldsOf(draft.input_schema, draft.defaults);

  /** Two changes in one turn see each other: the entry is read when it is changed. */
  const alter = (next: (entry: DraftEntry) => DraftEntry) => {
    const after = next(fitting(DRAFT_SHAPE, useDrafts.getState().entries[key] ?? NO_DRAFT));
    const schema = (after.edits.input_schema ?? members.input_schema) as JsonObject;
    keepDraft(key, after, schema);
  };
  const change = (patch: Partial<Draft>) => alter((now) => edited(now, stored, patch as JsonObject));

  // What others changed is taken in as soon as it meets no edit; an edit that was saved ends when it is seen to be stored.
  const pending = pendingEdits(entry);
  const isNewer = stored !== null && entry.version !== null && stored.version >= entry.version;
  const hasSettled = pending.length < Object.keys(entry.edits).length;
  const takesIn = isNewer && !saving && conflicts.length === 0 && (stored.version !== entry.version || hasSettled);
  useEffect(() => {
    if (takesIn) alter((now) => rebased(now, stored));
  });

  return {
    draft,
    entry,
    changed: command === null || pending.length > 0,
    /** Members that somebody else has changed too. */
    conflicts,
    settle(choices: Parameters<typeof settled>[2]) {
      if (stored !== null) alter((now) => settled(now, stored, choices));
      reread();
    },
    /** False when the browser's storage does not take the drafts. */
    kept,
    alter,
    change,
    /** @returns a function that brings back what was edited before */
    replace(next: Draft) {
      const before = useDrafts.getState().entries[key] ?? NO_DRAFT;
      alter((now) => ({ ...edited(now, stored, next as unknown as JsonObject), texts: {} }));
      reread();
      return () => {
        alter(() => before);
        reread();
      };
    },
    /** Drops every change and what was typed. @returns a function that brings them back */
    drop() {
      const bringBack = useDrafts.getState().drop(key);
      reread();
      return () => {
        bringBack();
        reread();
      };
    },
    generation,
    fields,
    input: entry.input ?? initialInput(fields),
    setInput: (input: JsonObject) => alter((now) => ({ ...now, input })),
    held: {
      texts: entry.texts,
      setText: (name: string, text: string | null) =>
        alter((now) => {
          const { [name]: _old, ...texts } = now.texts;
          return { ...now, texts: text === null ? texts : { ...texts, [name]: text } };
        }),
    },
  };
}
