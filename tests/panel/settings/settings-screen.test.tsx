/** The settings, against a real host: what is saved, what is refused, what can be taken back. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { SETTING_SECTIONS } from '../../../src/contract/host/setting-fields.ts';
import { DEFAULT_SETTINGS } from '../../../src/contract/host/settings.ts';
import { SettingsScreen } from '../../../src/renderer/features/settings/settings-screen.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
const saved = async (key: string) => (await call('settings_get', {})).values[key];
afterEach(() =>
  call('settings_update', { 'executor.max_running': null, 'rate_limits.tiers': null, 'redaction.extra': null }),
);

const at = (section: string) => ({ at: `/settings?section=${encodeURIComponent(section)}` });
const field = (name: string) => screen.findByRole<HTMLInputElement>('textbox', { name });
/** The row of a setting: its title, its control and what is said about it. */
const rowOf = (key: string) => {
  const row = screen.getByTitle(key).parentElement?.parentElement?.parentElement;
  if (row == null) throw new Error(`No row of ${key}`);
  return within(row);
};
/** Types a new value and leaves the field, as a user does who goes on. */
function enter(input: HTMLInputElement, value: string) {
  fireEvent.change(input, { target: { value } });
  fireEvent.blur(input);
}

// Catches a section of the contract that no button leads to, and rows of another one.
test('every section that a browser can change has its own rows, and an unknown one shows the first', async () => {
  await using panel = await renderPanel(subject, <SettingsScreen />, at('Nonsense'));
  await screen.findByTitle('appearance.theme');
  const nav = within(screen.getByRole('navigation', { name: 'Sections' }));
  const names = nav.getAllByRole('button').map((button) => button.textContent);
  // All settings of “General” are those of the desktop app.
  expect(names).toEqual([...SETTING_SECTIONS.filter((name) => name !== 'General'), 'Shortcuts', 'About & diagnostics']);
  expect(nav.getByRole('button', { current: 'page' }).textContent).toBe('Appearance');
  await panel.user.click(nav.getByRole('button', { name: 'Queue' }));
  expect(await field('Concurrent tasks')).toBeDefined();
  expect(screen.queryByLabelText('Theme')).toBeNull();
}, 60_000);

// Catches a search that says "No settings match" of what has a card of its own.
test.each([
  ['audit', 'Audit', 'Advanced'],
  ['back up', 'Backups', 'Storage & retention'],
  ['diagnose', 'About & diagnostics', 'About & diagnostics'],
  ['shortcut', 'Shortcuts', 'Shortcuts'],
])(
  'the search for “%s” leads to %s',
  async (q, title, section) => {
    await using panel = await renderPanel(subject, <SettingsScreen />, { at: `/settings?q=${encodeURIComponent(q)}` });
    await screen.findByRole('heading', { name: `Results for “${q}”` });
    await screen.findAllByRole('button', { name: title });
    await panel.user.click(screen.getAllByRole('button', { name: title }).at(-1) as HTMLElement);
    await screen.findByRole('heading', { name: section });
  },
  60_000,
);

// Catches a number that is sent at each key, so that 12 is first saved as 1.
test('a number is saved once, when the field is left, and the host has it', async () => {
  await using panel = await renderPanel(subject, <SettingsScreen />, at('Queue'));
  const input = await field('Concurrent tasks');
  await waitFor(() => expect(input.value).toBe('4'));
  const before = (await call('settings_get', {})).version;
  await panel.user.clear(input);
  await panel.user.type(input, '12');
  expect(await saved('executor.max_running')).toBe(4);
  await panel.user.keyboard('{Enter}');
  await waitFor(async () => expect(await saved('executor.max_running')).toBe(12));
  fireEvent.blur(input);
  expect((await call('settings_get', {})).version).toBe(before + 1);
});

// Catches a value that is refused without a word, one that is sent although it cannot be right, and a reason that stays for ever.
test('a value out of range stays in its field with the reason, until it is right again', async () => {
  await using _panel = await renderPanel(subject, <SettingsScreen />, at('Queue'));
  const input = await field('Concurrent tasks');
  await waitFor(() => expect(input.value).toBe('4'));
  for (const wrong of ['65', '0', '2.5', '']) {
    enter(input, wrong);
    expect(await rowOf('executor.max_running').findByRole('alert'), wrong).toBeDefined();
    expect(await saved('executor.max_running')).toBe(4);
  }
  enter(input, '4');
  await waitFor(() => expect(rowOf('executor.max_running').queryByRole('alert')).toBeNull());
});

// Catches “Reset to default” that leaves the reason of a value that is not there any more.
test('the default takes the reason of a refused value with it', async () => {
  await call('settings_update', { 'executor.max_running': 8 });
  await using panel = await renderPanel(subject, <SettingsScreen />, at('Queue'));
  const input = await field('Concurrent tasks');
  await waitFor(() => expect(input.value).toBe('8'));
  enter(input, '65');
  await rowOf('executor.max_running').findByRole('alert');
  await panel.user.click(rowOf('executor.max_running').getByRole('button', { name: 'Reset to default' }));
  await waitFor(() => expect(input.value).toBe('4'));
  expect(rowOf('executor.max_running').queryByRole('alert')).toBeNull();
  expect(await saved('executor.max_running')).toBe(DEFAULT_SETTINGS['executor.max_running']);
});

// Catches an undo that brings back the default instead of the value before.
test('a change can be taken back to the value before it', async () => {
  await call('settings_update', { 'executor.max_running': 9 });
  await using panel = await renderPanel(subject, <SettingsScreen />, at('Queue'));
  const input = await field('Concurrent tasks');
  await waitFor(() => expect(input.value).toBe('9'));
  enter(input, '10');
  await panel.user.click(await screen.findByRole('button', { name: 'Undo' }));
  await waitFor(async () => expect(await saved('executor.max_running')).toBe(9));
  await waitFor(() => expect(input.value).toBe('9'));
});

// Catches a field that goes on showing an old value after another window or the command line has changed it.
test('a change made elsewhere is shown', async () => {
  await using _panel = await renderPanel(subject, <SettingsScreen />, at('Queue'));
  const input = await field('Concurrent tasks');
  await waitFor(() => expect(input.value).toBe('4'));
  await call('settings_update', { 'executor.max_running': 6 });
  await waitFor(() => expect(input.value).toBe('6'));
});

// Catches what was typed and not yet saved, lost because another window or the command line has changed the setting meanwhile.
test('what was typed stays when the setting is changed elsewhere, and a person decides', async () => {
  await using panel = await renderPanel(subject, <SettingsScreen />, at('Queue'));
  const input = await field('Concurrent tasks');
  const before = input.value;
  await panel.user.clear(input);
  await panel.user.type(input, '11');
  await call('settings_update', { 'executor.max_running': 9 });
  await screen.findByText('Changed elsewhere to 9. Yours is not saved.');
  expect(input.value).toBe('11');
  await panel.user.click(screen.getByRole('button', { name: 'Use that' }));
  await waitFor(() => expect(input.value).toBe('9'));
  await panel.user.clear(input);
  await panel.user.type(input, '07{Enter}');
  await waitFor(async () => expect(await saved('executor.max_running')).toBe(7));
  await waitFor(() => expect(screen.queryByText('Not saved')).toBeNull());
  expect(input.value).toBe('7');
  await call('settings_update', { 'executor.max_running': Number(before) });
});

// Catches a control that seems to work but whose value a flag of the command line overrides.
test('what a flag has set cannot be changed, and says so', async () => {
  await using _panel = await renderPanel(subject, <SettingsScreen />, at('API & security'));
  expect((await field('Port')).disabled).toBe(true);
  expect(rowOf('port').getByText('Set at startup')).toBeDefined();
  expect(rowOf('rate_limits.enabled').getByRole<HTMLInputElement>('switch').disabled).toBe(true);
  expect(rowOf('docs_enabled').getByRole<HTMLInputElement>('switch').disabled).toBe(false);
});

// Catches an editor that shows the text of before after its value was set back.
test('the text of a JSON setting follows its value', async () => {
  await call('settings_update', { 'rate_limits.tiers': { standard: { per_min: 7, burst: 7 } } });
  await using panel = await renderPanel(subject, <SettingsScreen />, at('API & security'));
  const editor = await screen.findByRole('textbox', { name: 'Rate limit tiers' }, { timeout: 15_000 });
  await waitFor(() => expect(editor.textContent).toContain('"per_min": 7'));
  await panel.user.click(rowOf('rate_limits.tiers').getByRole('button', { name: 'Reset to default' }));
  await waitFor(async () => expect(await saved('rate_limits.tiers')).toEqual({}));
  await waitFor(() => expect(editor.textContent).not.toContain('per_min'));
}, 60_000);

// Catches a search that looks at titles only, or hides what it found behind the section that was open.
test('the search finds settings of every section by title, description and key', async () => {
  await using panel = await renderPanel(subject, <SettingsScreen />, at('Queue'));
  await field('Concurrent tasks');
  const search = screen.getByRole('searchbox', { name: 'Search settings' });
  for (const [q, key] of [
    ['bind ADDRESS', 'host'],
    ['killed', 'executor.grace_seconds'],
    ['retention.events', 'retention.events_days'],
  ] as const) {
    fireEvent.change(search, { target: { value: q } });
    await waitFor(() => expect(panel.address()).toContain('q='));
    expect(await screen.findByTitle(key)).toBeDefined();
  }
  fireEvent.change(search, { target: { value: 'no such thing' } });
  await panel.user.click(await screen.findByRole('button', { name: 'Clear filters' }));
  expect(await field('Concurrent tasks')).toBeDefined();
});
