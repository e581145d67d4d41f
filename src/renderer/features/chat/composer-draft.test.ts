import { beforeEach, expect, test } from 'vitest';
import { NO_DRAFT, useDrafts } from '../../lib/drafts/drafts.ts';
import { draftOf, giveBack, moveTyped } from './composer-draft.ts';

const typedIn = (id: string | undefined) => useDrafts.getState().entries[draftOf(id)]?.edits.text;
const type = (id: string | undefined, text: string) => {
  const entry = { ...NO_DRAFT, edits: { text } };
  useDrafts.getState().put(draftOf(id), entry, entry);
};
beforeEach(() => useDrafts.setState({ entries: {} }));

// Catches a message that is in neither the conversation nor the composer.
test('a message that was not taken comes back, before what was typed since', () => {
  giveBack('s', 'first');
  expect(typedIn('s')).toBe('first');
  type('s', 'second');
  giveBack('s', 'first');
  expect(typedIn('s')).toBe('first\n\nsecond');
});

// Catches words that wait in the composer of the next new conversation.
test('what was typed while the conversation was made goes with it', () => {
  type(undefined, 'more');
  moveTyped('s');
  expect([typedIn(undefined), typedIn('s')]).toEqual([undefined, 'more']);
  // Typed after the move, in the composer that was still there.
  type(undefined, ' and more');
  moveTyped('s');
  expect([typedIn(undefined), typedIn('s')]).toEqual([undefined, 'more and more']);
  moveTyped('t');
  expect(typedIn('t')).toBeUndefined();
});
