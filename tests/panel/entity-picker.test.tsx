/** The field that picks an entity, against a real host. */
import { screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EntityPicker } from '../../src/renderer/ui/entity-picker/entity-picker.tsx';
import { createTestHost, type TestHost } from '../support/host.ts';
import { renderPanel } from '../support/panel.tsx';

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
