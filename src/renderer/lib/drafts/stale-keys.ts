/** Drafts that are given up, so that those of tasks and things that are gone do not fill the storage. */

/** Days after its last change. */
const MAX_DAYS = 30;
const DAY = 86_400_000;
/** Drafts that are kept beside each other. */
const MAX_DRAFTS = 100;

/** Keys of the drafts that are too old, or too many: the oldest go first. */
export const staleKeys = (drafts: Readonly<Record<string, { at: number }>>, now: number): string[] =>
  Object.entries(drafts)
    .sort(([, a], [, b]) => b.at - a.at)
    .filter(([, { at }], place) => place >= MAX_DRAFTS || now - at > MAX_DAYS * DAY)
    .map(([key]) => key);
