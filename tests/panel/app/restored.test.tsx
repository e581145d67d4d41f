/** A panel that is open while the host's database is replaced. */
import { act, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { Client } from '../../../src/contract/client/client-types.ts';
import { LiveCache } from '../../../src/renderer/app/app.tsx';
import { ProfilesScreen } from '../../../src/renderer/features/profiles/profiles-screen.tsx';
import { createTestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';
import { connectPanel } from '../../support/panel-client.ts';

/** A client that reaches one host, and after `replace` another one, as when the host was started on a restored backup. */
function replaceable(later: Client) {
  const listeners = new Set<() => void>();
  let replaced = false;
  return {
    replace: () => {
      replaced = true;
      for (const listener of listeners) listener();
    },
    through: (first: Client): Client => {
      const now = () => (replaced ? later : first);
      return {
        ...first,
        call: (...of) => now().call(...of),
        stream: (...of) => now().stream(...of),
        status: () => now().status(),
        subscribe(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      };
    },
  };
}

// Would catch: a panel that goes on showing what the replaced database held, and hears of no change until it is reloaded.
test('after a restore everything is loaded anew, and changes are followed again', async () => {
  await using before = await createTestHost();
  await using after = await createTestHost();
  await before.host.client.call('profiles_create', { name: 'Only before' });
  await after.host.client.call('profiles_create', { name: 'Restored' });
  const restored = await connectPanel(after);
  const host = replaceable(restored);
  const ui = (
    <LiveCache>
      <ProfilesScreen />
    </LiveCache>
  );
  await using _ = await renderPanel(before, ui, { at: '/profiles', through: host.through });
  await screen.findAllByText('Only before');
  act(host.replace);
  await screen.findAllByText('Restored');
  expect(screen.queryByText('Only before')).toBeNull();
  await after.host.client.call('profiles_create', { name: 'Made later' });
  await waitFor(() => expect(screen.getAllByText('Made later').length).toBeGreaterThan(0));
  restored.close();
});
