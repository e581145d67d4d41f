/** What was meant for a field that has vanished is no shortcut. */
import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test } from 'vitest';
import { useActions } from '../../../src/renderer/lib/keys/use-actions.ts';

/** A field that `vanish` takes away, and a shortcut that deletes something. */
function renderField() {
  const ran: string[] = [];
  let vanish = () => {};
  function Subject() {
    const [shown, setShown] = useState(true);
    vanish = () => setShown(false);
    useActions([
      { id: 'delete', title: 'Delete', group: 'Test', layer: 'view', keys: ['D'], run: () => void ran.push('D') },
      {
        ...{ id: 'save', title: 'Save', group: 'Test', layer: 'view', keys: ['Mod+S'], inFields: true },
        run: () => void ran.push('save'),
      },
    ]);
    return shown ? <input aria-label="Script" /> : <p>Saved</p>;
  }
  render(<Subject />);
  return { ran, vanish: () => act(() => vanish()), user: userEvent.setup() };
}

// Catches letters that are still being typed when a save replaces the editor, and then delete what was saved.
test('letters typed on after the field has vanished do nothing; a chord with Mod still works', async () => {
  const { ran, vanish, user } = renderField();
  await user.type(screen.getByLabelText('Script'), 'ab');
  vanish();
  await user.keyboard('ddd');
  expect(ran).toEqual([]);
  await user.keyboard('{Control>}s{/Control}');
  expect(ran).toEqual(['save']);
});

// Catches shortcuts that are dead after a field was left on purpose.
test.each([
  ['Escape', '{Escape}'],
  ['Enter', '{Enter}'],
  ['Mod+Enter', '{Control>}{Enter}{/Control}'],
])('after %s in the field, letters are shortcuts at once', async (_name, key) => {
  const { ran, vanish, user } = renderField();
  await user.type(screen.getByLabelText('Script'), `ab${key}`);
  vanish();
  await user.keyboard('d');
  expect(ran).toEqual(['D']);
});

test('after a press with the pointer, letters are shortcuts', async () => {
  const { ran, vanish, user } = renderField();
  await user.type(screen.getByLabelText('Script'), 'ab');
  vanish();
  await user.click(screen.getByText('Saved'));
  await user.keyboard('d');
  expect(ran).toEqual(['D']);
});
