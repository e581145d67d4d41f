import { beforeEach, expect, test } from 'vitest';
import { NO_DRAFT, useDrafts } from '../../../src/renderer/lib/drafts/drafts.ts';

const NAME = 'tabagent.draft.command:c';
const draft = (name: string) => ({ ...NO_DRAFT, edits: { name } });
/** What the browser tells this page when another tab has written. */
function otherTab(newValue: string | null): void {
  if (newValue === null) localStorage.removeItem(NAME);
  else localStorage.setItem(NAME, newValue);
  window.dispatchEvent(new StorageEvent('storage', { key: NAME, newValue }));
}
const inStorage = () => (JSON.parse(localStorage.getItem(NAME) ?? 'null') as { edits: object } | null)?.edits ?? null;
const here = () => useDrafts.getState().entries['command:c']?.edits;

beforeEach(() => {
  useDrafts.getState().drop('command:c');
  localStorage.clear();
});

// Catches words that are gone after a reload because the same thing was saved in another tab.
test('what was typed here stays when another tab saves the same thing, and goes with its own end', () => {
  useDrafts.getState().put('command:c', draft('mine'), draft('mine'));
  otherTab(JSON.stringify(draft('theirs')));
  otherTab(null);
  expect(here()).toEqual({ name: 'mine' });
  expect(inStorage()).toEqual({ name: 'mine' });
  useDrafts.getState().drop('command:c');
  otherTab(null);
  expect(inStorage()).toBeNull();
});

// Catches a draft of another tab that is shown here for ever, as it was when this page was opened.
test('what was only read follows the other tab', () => {
  otherTab(JSON.stringify(draft('theirs')));
  expect(here()).toEqual({ name: 'theirs' });
  otherTab(null);
  expect(here()).toBeUndefined();
});
