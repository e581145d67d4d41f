import { beforeEach, expect, test } from 'vitest';
import { NO_DRAFT, useDrafts } from '../../../src/renderer/lib/drafts/drafts.ts';

const draft = (name: string, at = 1) => ({ ...NO_DRAFT, edits: { name }, version: 1, at });
let count = 0;
let key = '';
/** What the browser tells this page when another tab has written its slot. */
function otherTab(newValue: string | null): void {
  const name = `tabagent.draft.${key}~00000000`;
  if (newValue === null) localStorage.removeItem(name);
  else localStorage.setItem(name, newValue);
  window.dispatchEvent(new StorageEvent('storage', { key: name, newValue }));
}
const put = (name: string) => useDrafts.getState().put(key, draft(name), draft(name));
const here = () => useDrafts.getState().entries[key]?.edits;
const mine = () =>
  Object.entries(localStorage).filter(([name]) => name.includes(`${key}~`) && !name.endsWith('~00000000'));

beforeEach(() => {
  localStorage.clear();
  // What has ended in a page stays so for its life: each test is about another thing.
  count += 1;
  key = `cmd_${count}`;
});

// Catches words that are gone after a reload because the same thing was saved in another tab.
test('what was typed here stays when another tab saves the same thing, and goes with its own end', () => {
  put('mine');
  otherTab(JSON.stringify(draft('theirs')));
  otherTab(null);
  expect(here()).toEqual({ name: 'mine' });
  expect(JSON.stringify(mine())).toContain('mine');
  useDrafts.getState().drop(key);
  otherTab(null);
  expect(mine()).toEqual([]);
});

// Catches a draft of another tab that is shown here for ever, as it was when this page was opened.
test('what was only read follows the other tab', () => {
  otherTab(JSON.stringify(draft('theirs')));
  expect(here()).toEqual({ name: 'theirs' });
  otherTab(null);
  expect(here()).toBeUndefined();
});

// Catches an editor that falls back to another tab's text as soon as it has saved what it made of it.
test('what was saved here is not replaced by what another tab has typed on before', () => {
  otherTab(JSON.stringify(draft('theirs')));
  put('theirs, and mine');
  useDrafts.getState().drop(key);
  expect(here()).toBeUndefined();
  for (const text of ['theirs', 'theirs, typed on']) {
    otherTab(JSON.stringify(draft(text, 2)));
    expect(here()).toBeUndefined();
  }
});

// Catches an Undo of a discard that brings back the text without what other tabs can see of it.
test('a discard that is undone is as it was, here and in the other tab', () => {
  const theirs = JSON.stringify(draft('theirs'));
  otherTab(theirs);
  const bringBack = useDrafts.getState().drop(key);
  expect(localStorage.getItem(`tabagent.draft.${key}~00000000`)).toContain('"ended":true');
  bringBack();
  expect(here()).toEqual({ name: 'theirs' });
  expect(localStorage.getItem(`tabagent.draft.${key}~00000000`)).toBe(theirs);
});
