/** Drafts that are given up, so that those of tasks and things that are gone do not fill the storage. */

/** Days after its last change. */
const MAX_DAYS = 30;
const DAY = 86_400_000;
/** Drafts that are kept beside each other. */
const MAX_DRAFTS = 100;

/** Keys of the drafts that are too old, or too many: those that another tab has ended go first, then the oldest. */
export const staleKeys = (drafts: Readonly<Record<string, { at: number; ended?: boolean }>>, now: number): string[] =>
  Object.entries(drafts)
    .sort(([, a], [, b]) => Number(a.ended ?? false) - Number(b.ended ?? false) || b.at - a.at)
    .filter(([, { at, ended }], place) => place >= MAX_DRAFTS || now - at > (ended ? 1 : MAX_DAYS) * DAY)
    .map(([key]) => key);
