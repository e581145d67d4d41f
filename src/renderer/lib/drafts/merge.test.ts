import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { type DraftEntry, NO_DRAFT } from './drafts.ts';
import { conflictsOf, edited, pendingEdits, rebased, type Stored, saved, settled, storedAs } from './merge.ts';

const at = (version: number, members: JsonObject): Stored => ({ version, members });
const shown = (entry: DraftEntry, stored: Stored) => ({ ...stored.members, ...entry.edits });

describe('an edit', () => {
  // Catches an edit that stays although it was taken back, and a version saved for nothing.
  test('that is taken back is none', () => {
    const stored = at(1, { name: 'A', tags: [] });
    const entry = edited(edited(NO_DRAFT, stored, { name: 'B' }), stored, { name: 'A' });
    expect(entry.edits).toEqual({});
  });

  // Catches what is typed while a save is under way and is dropped when its answer comes.
  test('made while an earlier one is being saved is still an edit afterwards', () => {
    const before = at(1, { script: 'a' });
    const sent = edited(NO_DRAFT, before, { script: 'ab' });
    const typed = edited(sent, before, { script: 'abc' });
    const answered = saved(typed, { script: 'ab' }, 2);
    expect(shown(answered, before)).toEqual({ script: 'abc' });
    const seen = at(2, { script: 'ab' });
    expect(conflictsOf(answered, seen)).toEqual([]);
    expect(rebased(answered, seen)).toMatchObject({ edits: { script: 'abc' }, base: { script: 'ab' }, version: 2 });
  });

  // Catches the editor that shows the version before for a moment, and keeps it when a key is pressed just then.
  test('that was saved is shown until the stored thing has it', () => {
    const before = at(1, { script: 'a' });
    const answered = saved(edited(NO_DRAFT, before, { script: 'ab' }), { script: 'ab' }, 2);
    expect(shown(answered, before)).toEqual({ script: 'ab' });
    expect(pendingEdits(answered)).toEqual([]);
    expect(rebased(answered, before)).toBe(answered);
    expect(rebased(answered, at(2, { script: 'ab' })).edits).toEqual({});
  });

  // Catches a masked secret that counts as changed for ever, because it is never answered as it was sent.
  test('of something that is answered masked ends with its save', () => {
    const answered = saved(edited(NO_DRAFT, at(1, { d: {} }), { d: { key: 'x' } }), { d: { key: 'x' } }, 2);
    expect(rebased(answered, at(2, { d: { key: '••••••' } })).edits).toEqual({});
  });
});

describe('a change made elsewhere', () => {
  const stored = at(1, { script: 'a', timeout: 60 });
  const entry = edited(NO_DRAFT, stored, { script: 'mine' });

  // Catches a save that overwrites another person's work without a word.
  test('to the same member is a conflict; to another one, or to the same value, is none', () => {
    expect(conflictsOf(entry, at(2, { script: 'theirs', timeout: 60 }))).toEqual(['script']);
    expect(conflictsOf(entry, at(2, { script: 'a', timeout: 90 }))).toEqual([]);
    expect(conflictsOf(entry, at(2, { script: 'mine', timeout: 60 }))).toEqual([]);
  });

  // Catches a change to one part of a script's settings that is undone by whoever edits another part.
  test('to another part of the same member goes in by itself', () => {
    const before = at(1, { spec: { script: 'a', headless: true, headers: { x: '1', y: '2' } } });
    const mine = edited(NO_DRAFT, before, { spec: { script: 'A', headless: true, headers: { x: '9', y: '2' } } });
    const theirs = at(2, { spec: { script: 'a', headless: false, headers: { x: '1', y: '2', z: '3' } } });
    expect(conflictsOf(mine, theirs)).toEqual([]);
    const after = rebased(mine, theirs);
    expect(after.edits).toEqual({ spec: { script: 'A', headless: false, headers: { x: '9', y: '2', z: '3' } } });
    expect(after.base).toEqual(theirs.members);
    expect(conflictsOf(mine, at(2, { spec: { script: 'b', headless: true, headers: {} } }))).toEqual(['spec']);
    const chosen = { spec: { script: 'b', headless: true, headers: { x: '1', y: '2' } } };
    expect(settled(mine, theirs, chosen).edits).toEqual(chosen);
  });

  // Catches a conflict that comes back after it was settled, or a choice that is not what was chosen.
  test('is settled by one of both, or by a mixture', () => {
    const theirs = at(2, { script: 'theirs', timeout: 60 });
    for (const [choice, script] of [
      ['mine', 'mine'],
      ['both', 'both'],
      [undefined, 'theirs'],
    ] as const) {
      const after = settled(entry, theirs, { script: choice });
      expect(conflictsOf(after, theirs)).toEqual([]);
      expect(shown(after, theirs)).toMatchObject({ script });
    }
  });
});

// Catches any order of typing, saving, answers and other people's saves in which a typed value is lost or overwrites unseen.
test('whatever happens in whatever order, the last value typed is shown until a conflict is settled', () => {
  const name = fc.constantFrom('a', 'b');
  const value = fc.integer({ min: 0, max: 9 });
  const step = fc.oneof(
    fc.record({ do: fc.constant('type' as const), name, value }),
    fc.record({ do: fc.constant('save' as const) }),
    fc.record({ do: fc.constant('arrive' as const) }),
    fc.record({ do: fc.constant('elsewhere' as const), name, value }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let host = at(1, { a: 0, b: 0 });
      let seen = host;
      let entry = NO_DRAFT;
      const typed: JsonObject = {};
      for (const it of steps) {
        if (it.do === 'type') {
          entry = edited(entry, seen, { [it.name]: it.value });
          typed[it.name] = it.value;
        } else if (it.do === 'elsewhere') {
          host = at(host.version + 1, { ...host.members, [it.name]: it.value });
        } else if (it.do === 'arrive') {
          seen = host;
          if (conflictsOf(entry, seen).length === 0) entry = rebased(entry, seen);
        } else if (
          conflictsOf(entry, host).length === 0 &&
          Math.max(seen.version, entry.version ?? 0) === host.version
        ) {
          const sent = Object.fromEntries(pendingEdits(entry).map((key) => [key, entry.edits[key] ?? null]));
          host = at(host.version + 1, { ...host.members, ...sent });
          entry = saved(entry, sent, host.version);
        }
        for (const key of pendingEdits(entry)) expect(shown(entry, seen)[key]).toBe(typed[key]);
      }
    }),
    { numRuns: 500 },
  );
});

// Catches a new command whose last letters are lost because they were typed while it was stored.
test('a thing that is stored for the first time keeps what was typed meanwhile', () => {
  const entry = edited(edited(NO_DRAFT, null, { name: 'A', script: 'x' }), null, { script: 'xy' });
  expect(storedAs(entry, { name: 'A', script: 'x' }, 1)).toMatchObject({
    edits: { script: 'xy' },
    base: { script: 'x' },
    version: 1,
  });
});
