import type { DraftEntry } from '../../../lib/drafts/drafts.ts';
import { pendingEdits } from '../../../lib/drafts/merge.ts';

/** Whether a draft of a stored command holds anything that a save would store, or that does not parse yet. */
export const isUnsaved = (entry: DraftEntry): boolean =>
  pendingEdits(entry).length > 0 || Object.keys(entry.texts).length > 0;
