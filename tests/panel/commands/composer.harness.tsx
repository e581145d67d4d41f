/** A host with a paused queue, and the composer of its commands. */
import { screen, within } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { CommandCreate } from '../../../src/contract/automation/commands.ts';
import type { CommandId } from '../../../src/contract/kernel/scalars.ts';
import { CommandsScreen } from '../../../src/renderer/features/commands/commands-screen.tsx';
import { useDrafts } from '../../../src/renderer/lib/drafts/drafts.ts';
import { useView } from '../../../src/renderer/lib/view-store.ts';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

export let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost({ settings: { 'executor.paused': true } });
});
afterAll(() => subject[Symbol.asyncDispose]());
beforeEach(() => {
  localStorage.clear();
  useDrafts.setState({ entries: {} });
  useView.setState({ recent: [] });
});

export const SCHEMA = { type: 'object', properties: { who: { type: 'string', title: 'Who' } } };
type More = Partial<Omit<Parameters<typeof CommandCreate.parse>[0] & object, 'kind'>>;
export const create = (name: string, more: More = {}) =>
  subject.host.client.call('commands_create', {
    name,
    kind: 'process',
    spec: { argv: ['true'] },
    input_schema: SCHEMA,
    ...more,
  });
export const stored = (id: CommandId) => subject.host.client.call('commands_get', { id });

/** Opens the command and waits for its name in the head. */
export async function openComposer(id: CommandId, name: string) {
  const panel = await renderPanel(subject, <CommandsScreen />, { at: `/commands/${id}` });
  const field = await screen.findByLabelText<HTMLInputElement>('Command name');
  expect(field.value).toBe(name);
  return { panel, field };
}
export const button = (name: string) => screen.getByRole('button', { name });
export const retype = async ({ user }: { user: UserEvent }, field: Element, text: string) => {
  await user.clear(field);
  await user.paste(text);
};

/** Shows the settings beside the editor, or with `Run` what it runs with. */
export const showSide = ({ user }: { user: UserEvent }, tab: 'Run' | 'Settings' = 'Settings') =>
  user.click(within(screen.getByRole('complementary', { name: 'Run settings' })).getByRole('tab', { name: tab }));
