import { expect, test, vi } from 'vitest';
import { type Action, chordLabel, createKeyRegistry, SEQUENCE_MS, strokeOf } from './registry.ts';

const action = (patch: Partial<Action> & Pick<Action, 'id'>): Action => ({
  title: patch.id,
  group: 'Test',
  layer: 'global',
  run: vi.fn(),
  ...patch,
});

test('two actions of one layer cannot take the same key, and a failed registration leaves nothing behind', () => {
  const keys = createKeyRegistry();
  keys.register([action({ id: 'a', keys: ['R'] })]);
  expect(() => keys.register([action({ id: 'b', keys: ['R'] })])).toThrow(/same key/);
  expect(() => keys.register([action({ id: 'a' })])).toThrow(/twice/);
  expect(keys.actions().map(({ id }) => id)).toEqual(['a']);
});

test('an inner layer wins over an outer one for the same key, and gives it back', () => {
  const keys = createKeyRegistry();
  const outer = action({ id: 'outer', keys: ['N'] });
  const inner = action({ id: 'inner', keys: ['N'], layer: 'detail' });
  keys.register([outer]);
  const remove = keys.register([inner]);
  keys.press('N', false, 0);
  remove();
  keys.press('N', false, 1);
  expect(inner.run).toHaveBeenCalledTimes(1);
  expect(outer.run).toHaveBeenCalledTimes(1);
});

test('single letters do nothing in a text field, chords that are allowed there do', () => {
  const keys = createKeyRegistry();
  const letter = action({ id: 'letter', keys: ['C'] });
  const save = action({ id: 'save', keys: ['Mod+S'], inFields: true });
  keys.register([letter, save]);
  expect(keys.press('C', true, 0)).toBe(false);
  expect(keys.press('Mod+S', true, 0)).toBe(true);
  expect(letter.run).not.toHaveBeenCalled();
  expect(save.run).toHaveBeenCalledOnce();
});

test('G D is a sequence: in time it runs, too late the second letter stands alone', () => {
  const keys = createKeyRegistry();
  const go = action({ id: 'go', keys: ['G D'] });
  const single = action({ id: 'single', keys: ['D'] });
  keys.register([go, single]);
  expect(keys.press('G', false, 0)).toBe(true);
  keys.press('D', false, SEQUENCE_MS);
  keys.press('G', false, 5_000);
  keys.press('D', false, 5_001 + SEQUENCE_MS);
  expect(go.run).toHaveBeenCalledOnce();
  expect(single.run).toHaveBeenCalledOnce();
});

test('a blocked action swallows its key without running', () => {
  const keys = createKeyRegistry();
  const blocked = action({ id: 'x', keys: ['X'], blocked: 'The host cannot be reached' });
  keys.register([blocked]);
  expect(keys.press('X', false, 0)).toBe(true);
  expect(blocked.run).not.toHaveBeenCalled();
});

test('strokes are named by character, with Shift only where it is no part of the character', () => {
  const press = (key: string, patch: object = {}) =>
    strokeOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...patch });
  expect(press('?', { shiftKey: true })).toBe('?');
  expect(press('r', { shiftKey: true })).toBe('Shift+R');
  expect(press('C', { ctrlKey: true, shiftKey: true })).toBe('Mod+Shift+C');
  expect(press(' ')).toBe('Space');
  expect(press(',', { metaKey: true })).toBe('Mod+,');
});

// Would catch: the plus key drawn as two empty keys.
test('chords are drawn key by key, the plus key too', () => {
  expect(chordLabel('Mod+Shift+K', false)).toEqual(['Ctrl', 'Shift', 'K']);
  expect(chordLabel('G D', false)).toEqual(['G', 'D']);
  expect(chordLabel('+', false)).toEqual(['+']);
  expect(chordLabel('Mod++', true)).toEqual(['⌘', '+']);
  expect(chordLabel('Shift+ArrowLeft', false)).toEqual(['Shift', '←']);
});
