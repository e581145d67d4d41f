/** Banners, notices and toasts are reached with a key, and give the focus back. */
import { act, screen, waitFor } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OfflineBar } from '../../../src/renderer/app/offline-bar.tsx';
import { focusNextMessage } from '../../../src/renderer/lib/keys/focus-messages.ts';
import { Button } from '../../../src/renderer/ui/buttons.tsx';
import { Notice } from '../../../src/renderer/ui/feedback/notice.tsx';
import { undoToast } from '../../../src/renderer/ui/feedback/toast.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

const offline = { phase: 'offline', retryAt: null } as const;
const LIST = (
  <ul data-list="" tabIndex={-1} aria-label="List">
    <li>Row</li>
  </ul>
);

function Page({ notice = true }: { notice?: boolean }) {
  return (
    <>
      <OfflineBar />
      <main>
        <input aria-label="Field" />
        {notice ? (
          <Notice tone="warn">
            Nothing to press
            <Notice tone="info">
              <Button>Acknowledge</Button>
            </Notice>
          </Notice>
        ) : null}
        <Notice tone="info">Only words</Notice>
        {LIST}
      </main>
    </>
  );
}
const shown = () =>
  renderPanel(subject, <Page />, {
    through: (client) => {
      const status = { ...client.status(), ...offline };
      return { ...client, status: () => status };
    },
  });
const press = () => act(focusNextMessage);
const focused = () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent;

// Catches a button of a banner that is reached only by going back through the whole page, and a toast that is gone before Tab comes to it.
test('F6 goes from message to message, what goes by itself first, past those without a button, and back', async () => {
  await using _ = await shown();
  act(() => undoToast('Deleted', () => undefined));
  await screen.findByRole('button', { name: 'Undo' });
  screen.getByLabelText('Field').focus();
  const way: unknown[] = [];
  for (let presses = 0; presses < 5; presses += 1) {
    press();
    way.push(focused());
  }
  expect(way).toEqual(['Undo', 'Connect now', 'Acknowledge', 'Field', 'Undo']);
});

// Catches keys that go to the page after Undo was pressed, where they act as shortcuts, although something was being typed.
test('a message that goes with the focus in it gives it back; one that goes later takes it from nobody', async () => {
  await using panel = await shown();
  let undone = 0;
  act(() => undoToast('First', () => (undone += 1)));
  await screen.findByText('First');
  const field = screen.getByLabelText('Field');
  field.focus();
  press();
  expect(focused()).toBe('Undo');
  await panel.user.keyboard('{Enter}');
  await waitFor(() => expect(document.activeElement).toBe(field));
  expect(undone).toBe(1);

  act(() => undoToast('Second', () => undefined));
  const undo = await screen.findByRole('button', { name: 'Undo' });
  press();
  expect(document.activeElement).toBe(undo);
  screen.getByRole('button', { name: 'Acknowledge' }).focus();
  await act(async () => undo.click());
  await waitFor(() => expect(screen.queryByText('Second')).toBeNull());
  expect(focused()).toBe('Acknowledge');
});

// Catches a focus that is lost with the row that had it.
test('where what had the focus is gone meanwhile, the list of the screen takes it', async () => {
  await using _ = await shown();
  const gone = document.body.appendChild(document.createElement('button'));
  gone.focus();
  press();
  expect(focused()).toBe('Connect now');
  gone.remove();
  press();
  press();
  expect(focused()).toBe('List');
});
