import { expect, test, vi } from 'vitest';
import { shownActions } from './shown-actions.ts';

// Catches a key that acts on no row, and a list of which ids cannot be copied.
test('what acts on a row is blocked while none is shown, and every list copies its id and closes', () => {
  const writeText = vi.fn(() => Promise.resolve());
  vi.stubGlobal('navigator', { clipboard: { writeText } });
  const run = vi.fn();
  const close = vi.fn();
  const none = shownActions('Fruits', 'fruit', undefined).onShown({ id: 'fruits.eat', title: 'Eat' }, null, run);
  expect(none.blocked).toBe('No fruit selected');
  none.run();
  expect(run).not.toHaveBeenCalled();

  const { onShown, copyAndClose, always } = shownActions('Fruits', 'fruit', { id: 'frt_1' });
  expect(onShown({ id: 'fruits.eat', title: 'Eat' }, 'No permission', run).blocked).toBe('No permission');
  onShown({ id: 'fruits.eat', title: 'Eat' }, null, run).run();
  expect(run).toHaveBeenCalledWith({ id: 'frt_1' });
  const [copy, leave] = copyAndClose('fruits', close);
  expect([copy?.keys, leave?.keys]).toEqual([['Mod+Shift+C'], ['Escape']]);
  copy?.run();
  leave?.run();
  expect(writeText).toHaveBeenCalledWith('frt_1');
  expect(close).toHaveBeenCalledOnce();
  expect(always({ id: 'fruits.new', title: 'New', keys: ['N'] }, null, run)).toMatchObject({
    group: 'Fruits',
    layer: 'view',
    blocked: null,
  });
  vi.unstubAllGlobals();
});
