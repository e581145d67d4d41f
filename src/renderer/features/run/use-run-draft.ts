/** What has been chosen and typed in a dialog that runs something, as a draft; secrets stay in memory. */
import { useState } from 'react';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { type DraftEntry, isEmpty, NO_DRAFT, useDrafts } from '../../lib/drafts/drafts.ts';
import { fitting, type Shape } from '../../lib/drafts/fitting.ts';
import { isOpenText, marksNone } from '../../lib/drafts/open-texts.ts';
import { openValues, readSecrets } from '../../lib/drafts/open-values.ts';
import { undoToast } from '../../ui/feedback/toast.tsx';

/** The entry without what is secret by the input's schema; while that is not known, without the input. */
function forStorage(entry: DraftEntry, schema: JsonObject | null): DraftEntry {
  if (schema === null) return { ...entry, input: null, texts: {} };
  const reading = readSecrets(schema);
  const isOpen = reading.isWhole && reading.secret.length === 0 && !entry.hidden.some((name) => reading.open.has(name));
  const isPlain = entry.hidden.length === 0 && marksNone(schema);
  const plain = Object.entries(entry.texts).filter(([, text]) => isOpenText(text));
  return {
    ...entry,
    input: entry.input === null ? null : openValues(reading, entry.input, entry.hidden),
    texts: isOpen ? entry.texts : Object.fromEntries(isPlain ? plain : []),
  };
}

/**
 * @param key of the draft
 * @param schema of the input, null while it is not known
 * @param shape of what can be chosen beside the input
 */
export function useRunDraft<V extends JsonObject>(key: string, schema: JsonObject | null, shape: Shape<V>) {
  const entry = fitting(shape, useDrafts((state) => state.entries[key]) ?? NO_DRAFT);
  const [wasKept] = useState(() => !isEmpty(entry));
  /** Two changes in one turn see each other: the entry is read when it is changed. */
  const alter = (next: (now: DraftEntry) => DraftEntry) => {
    const { entries, put } = useDrafts.getState();
    const changed = next(fitting(shape, entries[key] ?? NO_DRAFT));
    const hidden = [...new Set([...changed.hidden, ...(schema === null ? [] : readSecrets(schema).secret)])];
    const after = { ...changed, hidden };
    put(key, after, forStorage(after, schema));
  };
  const drop = () => useDrafts.getState().drop(key);
  return {
    /** What was chosen beside the input. */
    chosen: entry.edits,
    choose: (patch: JsonObject) => alter((now) => ({ ...now, edits: { ...now.edits, ...patch } })),
    /** What was typed as input; null before anything was. */
    input: entry.input,
    setInput: (input: JsonObject) => alter((now) => ({ ...now, input })),
    /** Begins anew for something else, of which the input is another one. */
    startOver: (edits: JsonObject) => alter((now) => ({ ...NO_DRAFT, edits: { ...now.edits, ...edits } })),
    held: {
      texts: entry.texts,
      setText: (name: string, text: string | null) =>
        alter((now) => {
          const { [name]: _old, ...texts } = now.texts;
          return { ...now, texts: text === null ? texts : { ...texts, [name]: text } };
        }),
    },
    drop,
    /** Forgets what was typed, and offers it back. */
    discard() {
      if (isEmpty(entry)) return;
      undoToast('Changes discarded', drop());
    },
    /** For the notice above the form. */
    notice: { wasKept, isChanged: !isEmpty(entry), conflicts: [], settle: () => undefined, drop },
  };
}
