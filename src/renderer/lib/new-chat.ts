/** The parameters of a conversation that is not begun yet. */
import { NO_DRAFT, useDrafts } from './drafts/drafts.ts';

/** Their key among the drafts. */
export const NEW_CHAT = 'chat-settings:new';

/** Has the next new conversation ask a model; its other parameters stay as they are. */
export function beginChatWith(model: string): void {
  const { entries, put } = useDrafts.getState();
  const before = entries[NEW_CHAT] ?? NO_DRAFT;
  const entry = { ...before, edits: { ...before.edits, model } };
  put(NEW_CHAT, entry, entry);
}
