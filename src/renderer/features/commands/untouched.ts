/** Drafts of new commands in which nothing was typed: they are as their template made them, and are not kept. */
import { useEffect } from 'react';
import { sameJson } from '../../../contract/kernel/json.ts';
import { type DraftEntry, useDrafts } from '../../lib/drafts/drafts.ts';
import { draftFrom, isNewKey } from './draft.ts';
import { TEMPLATES } from './templates.ts';

/** Whether the draft of a new command holds nothing but a template. */
export const isUntouched = ({ edits, input, texts }: DraftEntry): boolean =>
  input === null &&
  Object.keys(texts).length === 0 &&
  TEMPLATES.some((template) => sameJson(edits, { ...draftFrom(template) } as unknown as DraftEntry['edits']));

/** Gives up the untouched drafts that are left for another command, or were left earlier. @param shown key of the one that is open */
export function useUntouchedGoing(shown: string | undefined): void {
  useEffect(() => {
    const { entries, drop } = useDrafts.getState();
    for (const [key, entry] of Object.entries(entries))
      if (key !== shown && isNewKey(key) && isUntouched(entry)) drop(key);
  }, [shown]);
}
