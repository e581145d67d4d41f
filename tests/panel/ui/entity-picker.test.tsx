/** The field that picks an entity, against a real host. */
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EntityPicker } from '../../../src/renderer/ui/entity-picker/entity-picker.tsx';
import { faulty } from '../../support/faulty-client.ts';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
  for (const name of ['Alpha', 'Beta', 'Gamma']) await subject.host.client.call('profiles_create', { name });
});
afterAll(() => subject[Symbol.asyncDispose]());

function Picker({ onPick }: { onPick(id: string | null): void }) {
  const [value, setValue] = useState<string | null>(null);
  return (
    <EntityPicker
      of="profiles"
      label="Profile"
      value={value}
      clearable
      onChange={(id) => {
        setValue(id);
        onPick(id);
      }}
    />
  );
}

// Catches a search that stays in the browser and never finds what is beyond the first page.
test('what is typed is searched on the host, and Enter takes the match', async () => {
  const picked: (string | null)[] = [];
  await using panel = await renderPanel(subject, <Picker onPick={(id) => picked.push(id)} />);
  const field = await screen.findByRole('combobox', { name: 'Profile' });
  await panel.user.click(field);
  await panel.user.keyboard('bet');
  const match = await screen.findByRole('option', { name: 'Beta' });
  await waitFor(() => expect(match.dataset.comboboxSelected).toBe('true'));
  await panel.user.keyboard('{Enter}');
  await waitFor(() => expect((field as HTMLInputElement).value).toBe('Beta'));
  expect(picked).toHaveLength(1);
});

// Catches Enter that is lost because it comes before the host has answered, or takes what stood there for an earlier text.
test('Enter right after the last letter takes the match once it is there, unless something else is typed', async () => {
  const picked: (string | null)[] = [];
  await using panel = await renderPanel(subject, <Picker onPick={(id) => picked.push(id)} />);
  const field = await screen.findByRole<HTMLInputElement>('combobox', { name: 'Profile' });
  await panel.user.click(field);
  await screen.findByRole('option', { name: 'Alpha' });
  await panel.user.keyboard('gam{Enter}');
  expect(picked).toEqual([]);
  await waitFor(() => expect(field.value).toBe('Gamma'));
  expect(picked).toHaveLength(1);
  await panel.user.keyboard('{Control>}a{/Control}bet{Enter}x');
  await screen.findByText('No profile matches “betx”');
  expect(picked).toHaveLength(1);
  await panel.user.keyboard('{Escape}');
  await waitFor(() => expect(field.value).toBe('Gamma'));
});

// Catches an error that looks like an empty list, or a Retry that asks nothing.
test('a search that fails says why, and Retry finds what it could not', async () => {
  const faults = faulty();
  faults.fail('profiles_list');
  await using panel = await renderPanel(subject, <Picker onPick={() => undefined} />, { through: faults.through });
  await panel.user.click(await screen.findByRole('combobox', { name: 'Profile' }));
  expect((await screen.findByRole('alert')).textContent).toContain('The disk is full');
  expect(screen.queryByText(/No profile/)).toBeNull();
  expect(screen.queryByRole('option')).toBeNull();

  faults.repair();
  await panel.user.click(screen.getByRole('button', { name: 'Retry' }));
  await screen.findByRole('option', { name: 'Alpha' });
  expect(screen.queryByRole('alert')).toBeNull();
});

// Catches a refetch that fails and takes away what could be picked before.
test('a later search that fails keeps the error apart from the matches of an earlier one', async () => {
  const faults = faulty();
  await using panel = await renderPanel(subject, <Picker onPick={() => undefined} />, { through: faults.through });
  const field = await screen.findByRole('combobox', { name: 'Profile' });
  await panel.user.click(field);
  await screen.findByRole('option', { name: 'Gamma' });
  faults.fail('profiles_list');
  await panel.user.keyboard('gam');
  await screen.findByRole('alert');
  faults.repair();
  await panel.user.click(screen.getByRole('button', { name: 'Retry' }));
  await waitFor(() => expect(screen.getAllByRole('option').map((option) => option.textContent)).toEqual(['Gamma']));
});

// Catches a picker that picks the first row of the answer before, when Enter is faster than the host.
test('Enter before the answer has come picks nothing', async () => {
  const picked: (string | null)[] = [];
  await using panel = await renderPanel(subject, <Picker onPick={(id) => picked.push(id)} />);
  const field = await screen.findByRole('combobox', { name: 'Profile' });
  await panel.user.click(field);
  await screen.findByRole('option', { name: 'Alpha' });
  fireEvent.change(field, { target: { value: 'gam' } });
  fireEvent.keyDown(field, { key: 'Enter', code: 'Enter' });
  expect(picked).toEqual([]);
});

// Catches a field that shows the id, or nothing, for an entity that was deleted meanwhile.
test('a chosen entity that no longer exists is said to be gone, and can be cleared', async () => {
  const picked: (string | null)[] = [];
  const gone = await subject.host.client.call('profiles_create', { name: 'Delta' });
  await subject.host.client.call('profiles_delete', { id: gone.id });
  function Field() {
    const [value, setValue] = useState<string | null>(gone.id);
    const change = (id: string | null) => {
      setValue(id);
      picked.push(id);
    };
    return <EntityPicker of="profiles" label="Profile" value={value} clearable onChange={change} />;
  }
  await using panel = await renderPanel(subject, <Field />);
  await screen.findByText('This profile no longer exists');
  await panel.user.click(screen.getByLabelText('Clear profile'));
  expect(picked).toEqual([null]);
  await waitFor(() => expect(screen.queryByText('This profile no longer exists')).toBeNull());
});

// Catches a list that says nothing of the rows it leaves out.
test('a list that is cut says how many there are, a search without a match says what was searched', async () => {
  for (let index = 0; index < 52; index += 1)
    await subject.host.client.call('profiles_create', { name: `Many ${String(index).padStart(2, '0')}` });
  await using panel = await renderPanel(subject, <Picker onPick={() => undefined} />);
  await panel.user.click(await screen.findByRole('combobox', { name: 'Profile' }));
  await screen.findByText('50 of 55 shown. Type to search.');
  await panel.user.keyboard('many 51');
  await screen.findByRole('option', { name: 'Many 51' });
  await panel.user.keyboard('x');
  await screen.findByText('No profile matches “many 51x”');
});
