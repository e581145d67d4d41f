/** The frame around every screen: navigation, palette, keys, status bar, what it says when the host is away. */

import { act, screen, waitFor, within } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Client, ClientStatus } from '../../../src/contract/client/client-types.ts';
import { NUMBERED_SCREENS } from '../../../src/contract/host/screens.ts';
import { OfflineBar } from '../../../src/renderer/app/offline-bar.tsx';
import { NotFound, ScreenError } from '../../../src/renderer/app/screen-error.tsx';
import { LogDrawer } from '../../../src/renderer/app/screens.ts';
import { Shell } from '../../../src/renderer/app/shell.tsx';
import { SignIn } from '../../../src/renderer/app/sign-in.tsx';
import { useView } from '../../../src/renderer/lib/view-store.ts';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
  await subject.host.client.call('profiles_create', { name: 'Osaka desk' });
});
afterAll(() => subject[Symbol.asyncDispose]());
afterEach(() => void vi.restoreAllMocks());
beforeEach(() => useView.setState({ sidebar: true, drawer: false }));
// A palette or sheet that a test leaves open must not be there for the next one.
afterEach(() => act(() => void document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))));

/** A client whose status is what the test says, as after a lost connection. */
function withStatus(status: Partial<ClientStatus>, extra: Partial<Client> = {}) {
  return (client: Client): Client => {
    const shown: ClientStatus = { ...client.status(), phase: 'online', principal: null, ...status };
    return { ...client, status: () => shown, ...extra };
  };
}

// Catches a screen that no link leads to, and a help link that opens the same page everywhere.
test('the sidebar leads to every screen, and help to the page about the one that is shown', async () => {
  await using panel = await renderPanel(subject, <Shell />, { at: '/profiles' });
  const side = within(await screen.findByRole('navigation', { name: 'Screens' }));
  expect(side.getByRole('link', { name: 'Help' }).getAttribute('href')).toBe('/help/profiles');
  for (const [name, address] of [
    ['Tasks', '/tasks'],
    ['Commands', '/commands'],
    ['Logs & metrics', '/logs'],
    ['Connections', '/connections'],
    ['Settings', '/settings'],
    ['Dashboard', '/'],
  ] as const) {
    await panel.user.click(side.getByRole('link', { name }));
    await waitFor(() => expect(panel.address()).toBe(address));
  }
});

// Catches keys that work on one platform or one screen only.
test.each([
  ['gt', '/tasks'],
  ['gl', '/logs'],
  ['{Control>},{/Control}', '/settings'],
  ['{F1}', '/help/first-task'],
])('%s goes to %s', async (keys, address) => {
  await using panel = await renderPanel(subject, <Shell />);
  await screen.findByRole('navigation', { name: 'Screens' });
  await panel.user.keyboard(keys);
  await waitFor(() => expect(panel.address()).toBe(address));
});

// Catches a sidebar without words that also loses its names, and a choice that is not kept.
test('a collapsed sidebar keeps the names of its links', async () => {
  await using panel = await renderPanel(subject, <Shell />);
  const side = within(await screen.findByRole('navigation', { name: 'Screens' }));
  expect(side.getByText('Dashboard')).toBeTruthy();
  await panel.user.click(side.getByRole('button', { name: 'Collapse sidebar' }));
  expect(side.queryByText('Dashboard')).toBeNull();
  expect(side.getByRole('link', { name: 'Dashboard' })).toBeTruthy();
  expect(useView.getState().sidebar).toBe(false);
  await panel.user.keyboard('{Control>}b{/Control}');
  await waitFor(() => expect(side.getByText('Dashboard')).toBeTruthy());
});

// Catches a palette that loses the letters typed while it opens, or searches only what is loaded.
test('the palette takes the first letter, finds actions by their keywords and objects on the host', async () => {
  await using panel = await renderPanel(subject, <Shell />, { at: '/tasks' });
  await screen.findByRole('navigation', { name: 'Screens' });
  await panel.user.keyboard('{Control>}k{/Control}cookies');
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).getByPlaceholderText<HTMLInputElement>('Search or run a command').value).toBe('cookies');
  await within(dialog).findByText('Help: Profiles');
  await panel.user.keyboard('{Control>}a{/Control}{Backspace}osaka');
  await panel.user.click(await within(dialog).findByText('Osaka desk'));
  await waitFor(() => expect(panel.address()).toMatch(/^\/profiles\?peek=.*prf_/));
});

// Catches "Go to object" that offers actions, and a search that lists something for no text.
test('Go to object finds objects only', async () => {
  await using panel = await renderPanel(subject, <Shell />);
  await screen.findByRole('navigation', { name: 'Screens' });
  await panel.user.keyboard('{Control>}p{/Control}');
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).queryByText(/Go to/)).toBeNull();
  await panel.user.keyboard('nothing has this name');
  expect((await within(dialog).findByRole('status')).textContent).toContain('Nothing matches');
  // The only match is chosen when it arrives, however long after the last key.
  await panel.user.keyboard('{Control>}a{/Control}{Backspace}osaka');
  const hit = (await within(dialog).findByText('Osaka desk')).closest('[data-action]');
  await waitFor(() => expect(hit?.getAttribute('data-selected')).toBe('true'));
  expect(within(dialog).queryByRole('status')).toBeNull();
  await panel.user.keyboard('{Enter}');
  await waitFor(() => expect(panel.address()).toMatch(/^\/profiles\?peek=.*prf_/));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

// Catches things that the palette does not know: proxies, schedules and conversations were found by nobody.
test('proxies, schedules and conversations are found by their names, and open', async () => {
  const { call } = subject.host.client;
  const proxy = await call('proxies_create', { name: 'Kyoto exit', host: 'h.example', port: 1 });
  const spec = { kind: 'process', argv: ['true'] };
  const command = await call('commands_create', { name: 'Kyoto command', kind: 'process', spec });
  const target = { command_id: command.id };
  await call('schedules_create', { name: 'Kyoto nights', target, trigger: { kind: 'interval', seconds: 3600 } });
  await call('sessions_create', { title: 'Kyoto travel' });
  await using panel = await renderPanel(subject, <Shell />);
  await screen.findByRole('navigation', { name: 'Screens' });
  await panel.user.keyboard('{Control>}p{/Control}kyoto');
  const dialog = await screen.findByRole('dialog');
  for (const name of ['Kyoto command', 'Kyoto nights', 'Kyoto travel']) await within(dialog).findByText(name);
  await panel.user.click(within(dialog).getByText('Kyoto exit'));
  await waitFor(() => expect(panel.address()).toContain(`/proxies?peek=`));
  expect(panel.address()).toContain(proxy.id);
});

// Catches a sheet of keys that is written by hand and goes out of date.
test('the sheet lists the keys that work now', async () => {
  await using panel = await renderPanel(subject, <Shell />);
  await screen.findByRole('navigation', { name: 'Screens' });
  await panel.user.keyboard('?');
  const sheet = within(await screen.findByRole('dialog', { name: 'Keyboard shortcuts' }));
  const panelKeys = within(sheet.getByRole('region', { name: 'Panel' }));
  expect(panelKeys.getByText('Toggle log drawer').closest('li')?.textContent).toBe('Toggle log drawerCtrlJ');
  expect(within(sheet.getByRole('region', { name: 'Navigation' })).getAllByRole('listitem')).toHaveLength(
    NUMBERED_SCREENS.length,
  );
});

// Catches a drawer that shows a log of its own instead of the host's.
test('the drawer shows what the host writes now', async () => {
  // In the panel it is loaded some seconds after the start.
  await LogDrawer.preload?.();
  await using panel = await renderPanel(subject, <Shell />);
  await panel.user.click(await screen.findByRole('button', { name: 'Log' }));
  const drawer = within(await screen.findByRole('region', { name: 'Host log' }));
  expect(await drawer.findAllByTestId('log-line')).not.toHaveLength(0);
  await panel.user.keyboard('{Control>}j{/Control}');
  await waitFor(() => expect(screen.queryByRole('region', { name: 'Host log' })).toBeNull());
});

// Catches a status bar that shows the state of the queue as it was when the panel opened.
test('the status bar follows the queue', async () => {
  await using _panel = await renderPanel(subject, <Shell />);
  const bar = within(await screen.findByRole('contentinfo'));
  await bar.findByText(/running · 0 waiting/);
  await subject.host.client.call('queue_update', { paused: true });
  await bar.findByText(/Queue paused · 0\/\d+ running/);
  await subject.host.client.call('queue_update', { paused: false });
  await waitFor(() => expect(bar.queryByText(/Queue paused/)).toBeNull());
});

// Catches a lost connection that nobody is told of, or a countdown below zero.
test.each([
  ['in some seconds', 9_500, /Reconnecting in \d+ s/],
  ['in the past', -60_000, 'Connecting…'],
  ['not planned', null, 'Connecting…'],
] as const)('a host that is away, the next try %s', async (_when, ms, text) => {
  let tried = 0;
  await using panel = await renderPanel(subject, <OfflineBar />, {
    through: withStatus(
      { phase: 'offline', retryAt: ms === null ? null : Date.now() + ms },
      {
        retry: () => {
          tried += 1;
        },
      },
    ),
  });
  const bar = within(await screen.findByRole('alert'));
  bar.getByText(text);
  await panel.user.click(bar.getByRole('button', { name: 'Connect now' }));
  expect(tried).toBe(1);
});

// Catches advice that does not help: a new link for an address that the host refuses whatever the link.
test.each([
  ['signed_out', /tabagent --data-dir \/other panel-link/, null],
  ['refused', /Allowed host names/, 'This link no longer works.'],
] as const)('a browser that is %s is told what to do', async (phase, advice, problem) => {
  const headers = { 'content-type': 'text/plain' };
  const said = 'tabagent --data-dir /other panel-link';
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(said, { headers }));
  await using _panel = await renderPanel(subject, <SignIn problem={problem} />, { through: withStatus({ phase }) });
  await waitFor(() => expect(screen.getByRole('main').textContent).toMatch(advice));
  expect(screen.queryByRole('alert')?.textContent ?? null).toBe(problem);
});

// Catches the command of another host: without the folder of its data, it makes a link that this host does not know.
test('a command that the host has not said is not made up', async () => {
  vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('Failed to fetch'));
  await using _panel = await renderPanel(subject, <SignIn problem={null} />, {
    through: withStatus({ phase: 'signed_out' }),
  });
  expect((await screen.findByRole('main')).textContent).toContain('This browser is not signed in');
  expect(screen.queryByText(/panel-link/)).toBeNull();
});

// Catches a screen whose defect leaves a blank page instead of a way back.
test('a screen that throws shows the error and tries again, an unknown address leads home', async () => {
  const tries: string[] = [];
  await using panel = await renderPanel(
    subject,
    <>
      <ScreenError error={new TypeError('x is undefined')} reset={() => tries.push('again')} />
      <NotFound />
    </>,
    { at: '/nowhere' },
  );
  await panel.user.click(await screen.findByRole('button', { name: 'Retry' }));
  expect(tries).toEqual(['again']);
  await panel.user.click(screen.getByRole('link', { name: 'Dashboard' }));
  await waitFor(() => expect(panel.address()).toBe('/'));
});
