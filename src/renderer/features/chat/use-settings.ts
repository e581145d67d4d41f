/** Parameters of the session that is shown, kept as they are typed: for a new conversation here, for a stored one in it. */
import { useDebouncedCallback } from '@mantine/hooks';
import type { Session } from '../../../contract/models/sessions.ts';
import { NO_DRAFT, useDrafts } from '../../lib/drafts/drafts.ts';
import { useDraftForm } from '../../lib/drafts/use-draft-form.ts';
import { useAct } from '../../lib/live/query.ts';
import { NEW_CHAT } from '../../lib/new-chat.ts';
import { errorToast } from '../../ui/feedback/toast.tsx';
import { type ChatFields, FIELD_SHAPE, NO_FIELDS, readFields, toFields } from './parameters/fields.ts';

const SAVE_MS = 600;
/** What belongs to the window and is not stored. */
const OWN = ['compare', 'overflow'] as const;

const keyOf = (id: string | undefined) => (id === undefined ? NEW_CHAT : `chat-settings:${id}`);

export function useSettings(session: Session | undefined) {
  const key = keyOf(session?.id);
  const initial = session === undefined ? NO_FIELDS : toFields(session);
  const form = useDraftForm<ChatFields>(key, { initial, version: null, shape: FIELD_SHAPE });
  const read = readFields(form.values);
  const update = useAct('sessions_update', {
    onError: (error) => errorToast('Could not save the parameters', error),
    onDone: (stored) => forget(key, toFields(stored)),
  });
  const save = useDebouncedCallback(
    () => {
      const { entries } = useDrafts.getState();
      const { patch, errors } = readFields({ ...initial, ...entries[key]?.edits } as ChatFields);
      if (session !== undefined && Object.keys(errors).length === 0) update.mutate({ id: session.id, ...patch });
    },
    { delay: SAVE_MS, flushOnUnmount: true },
  );
  return {
    fields: form.values,
    settings: read.settings,
    errors: read.errors,
    /** What is compared with; empty for one answer. */
    compare: form.values.compare,
    /** Whether the oldest messages are left out when all of them do not fit. */
    dropsOldest: form.values.overflow === 'drop',
    change(patch: Partial<ChatFields>): void {
      form.change(patch);
      if (session !== undefined && Object.keys(patch).some((name) => !(OWN as readonly string[]).includes(name)))
        save();
    },
    /** The conversation has been stored under an id: what was chosen for a new one is in it. */
    stored(id: string): void {
      const { entries, put, drop } = useDrafts.getState();
      const chosen = Object.entries(entries[key]?.edits ?? {}).filter(([name]) =>
        (OWN as readonly string[]).includes(name),
      );
      drop(key);
      const entry = { ...NO_DRAFT, edits: Object.fromEntries(chosen) };
      put(keyOf(id), entry, entry);
    },
  };
}
export type Settings = ReturnType<typeof useSettings>;

/** Edits that say what is stored are no edits any more. */
function forget(key: string, stored: ChatFields): void {
  const { entries, put } = useDrafts.getState();
  const entry = entries[key];
  if (entry === undefined) return;
  const isOpen = ([name, value]: [string, unknown]) => stored[name as keyof ChatFields] !== value;
  const next = { ...entry, edits: Object.fromEntries(Object.entries(entry.edits).filter(isOpen)) };
  put(key, next, next);
}
