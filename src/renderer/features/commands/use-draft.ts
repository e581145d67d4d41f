import { useState } from 'react';
import type { Command } from '../../../contract/automation/commands.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { fieldsOf, initialInput } from '../run/index.ts';
import { changedMembers, type Draft, draftFrom, draftOf, useDrafts } from './draft.ts';
import { DEFAULT_TEMPLATE } from './templates.ts';

const BLANK: Draft = draftFrom(DEFAULT_TEMPLATE);

/** The command `id` as it is edited here, and the input typed for its next run. `command` is `null` until it is stored. */
export function useDraft(id: string, command: Command | null) {
  const edits = useDrafts((state) => state.edits[id]);
  const typed = useDrafts((state) => state.inputs[id]);
  const setEdits = useDrafts((state) => state.setEdits);
  const setInput = useDrafts((state) => state.setInput);
  // Editors keep their own text; a new generation makes them read the draft again.
  const [generation, setGeneration] = useState(0);

  const base = command === null ? BLANK : draftOf(command);
  const draft: Draft = { ...base, ...edits };
  const fields = fieldsOf(draft.input_schema, draft.defaults);
  /** Keeps only what differs, so that a change made elsewhere to another member is neither hidden nor undone. */
  const change = (patch: Partial<Draft>) => {
    const next = { ...draft, ...patch };
    if (command === null) return setEdits(id, next);
    const members = changedMembers(base, next);
    setEdits(id, members.length === 0 ? null : Object.fromEntries(members.map((key) => [key, next[key]])));
  };
  const reread = () => setGeneration((old) => old + 1);
  return {
    draft,
    changed: command === null || changedMembers(base, draft).length > 0,
    change,
    replace: (next: Draft) => {
      change(next);
      reread();
    },
    /** Drops every change. @returns a function that brings them back */
    drop: () => {
      setEdits(id, null);
      reread();
      return () => {
        setEdits(id, command === null ? draft : (edits ?? null));
        reread();
      };
    },
    generation,
    fields,
    input: typed ?? initialInput(fields),
    setInput: (next: JsonObject) => setInput(id, next),
  };
}
