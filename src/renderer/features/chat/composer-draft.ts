/** What is being written to a model and has not been sent. */
import { z } from 'zod';
import { NO_DRAFT, useDrafts } from '../../lib/drafts/drafts.ts';

export const SHAPE = { text: z.string() };

/** Key of the draft. @param id of the conversation; undefined for one that has not begun */
export const draftOf = (id: string | undefined) => `chat:${id ?? 'new'}`;

const typedIn = (key: string): string => {
  const text = useDrafts.getState().entries[key]?.edits.text;
  return typeof text === 'string' ? text : '';
};

function put(key: string, text: string): void {
  const entry = { ...NO_DRAFT, edits: { text } };
  useDrafts.getState().put(key, entry, entry);
}

/** Puts a message that was not taken before what has been typed since. */
export function giveBack(id: string, text: string): void {
  const since = typedIn(draftOf(id));
  put(draftOf(id), since === '' ? text : `${text}\n\n${since}`);
}

/** What was typed while the conversation was being made belongs to it, behind what has been moved there before. */
export function moveTyped(id: string): void {
  const text = typedIn(draftOf(undefined));
  useDrafts.getState().drop(draftOf(undefined));
  if (text !== '') put(draftOf(id), typedIn(draftOf(id)) + text);
}
