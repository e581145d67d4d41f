/** The states of a query as every panel shows them, with errors of a real host. */
import { screen, waitFor } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '../../../src/contract/kernel/errors.ts';
import { OPERATOR } from '../../../src/main/core/operation/operator.ts';
import { useOperationQuery } from '../../../src/renderer/lib/live/query.ts';
import { NoMatch, StateFrame } from '../../../src/renderer/ui/feedback/state-frame.tsx';
import { faulty } from '../../support/faulty-client.ts';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

function Names() {
  const list = useOperationQuery('profiles_list', {});
  return (
    <StateFrame of={list}>
      <output>{list.data?.items.map(({ name }) => name).join(' ') || 'none'}</output>
      <button type="button" onClick={() => void list.refetch()}>
        Ask again
      </button>
    </StateFrame>
  );
}

// Catches a screen that shows "none" while nobody knows yet, or flashes a skeleton at every fast answer.
test('an answer that takes its time shows nothing at first, then rows of a skeleton, then the rows', async () => {
  let answer: () => void = () => undefined;
  const held = new Promise<void>((done) => {
    answer = done;
  });
  await using _panel = await renderPanel(subject, <Names />, {
    through: (client) => ({
      ...client,
      call: async (op, input, options) => {
        if (op === 'profiles_list') await held;
        return client.call(op, input, options);
      },
    }),
  });
  expect(screen.queryByRole('status')).toBeNull();
  expect((await screen.findByRole('status', { name: 'Loading' })).getAttribute('aria-busy')).toBe('true');
  answer();
  await screen.findByText('none');
  expect(screen.queryByRole('status', { name: 'Loading' })).toBeNull();
});

// Catches an error without a way back, and one that still stands there when the retry has worked.
test('a first answer that fails shows its sentence and a retry instead of the content, its code only in the diagnostics', async () => {
  const faults = faulty();
  faults.fail('profiles_list', new AppError('internal-server-error', 'It broke'));
  await using panel = await renderPanel(subject, <Names />, { through: faults.through });
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('It broke');
  expect(alert.textContent).not.toContain('internal_server_error');
  expect(screen.queryByText('none')).toBeNull();
  faults.repair();
  await panel.user.click(screen.getByRole('button', { name: 'Retry' }));
  await screen.findByText('none');
  expect(screen.queryByRole('alert')).toBeNull();
});

// Catches a screen that throws away what it has because one refetch failed.
test('content stays readable when asking again fails, with the error beside it', async () => {
  const faults = faulty();
  await using panel = await renderPanel(subject, <Names />, { through: faults.through });
  await screen.findByText('none');
  faults.fail('profiles_list');
  await panel.user.click(screen.getByRole('button', { name: 'Ask again' }));
  expect((await screen.findByRole('alert')).textContent).toContain('The disk is full');
  expect(screen.getByText('none')).toBeTruthy();
});

// Catches the data of a deleted entity that goes on being shown as if it were there.
test('an entity that is gone takes its content along', async () => {
  const profile = await subject.host.client.call('profiles_create', { name: 'Short-lived' });
  function One() {
    const one = useOperationQuery('profiles_get', { id: profile.id });
    return (
      <StateFrame of={one}>
        <output>{one.data?.name}</output>
      </StateFrame>
    );
  }
  await using _panel = await renderPanel(subject, <One />);
  await screen.findByText('Short-lived');
  await subject.host.client.call('profiles_delete', { id: profile.id });
  await screen.findByRole('alert');
  await waitFor(() => expect(screen.queryByText('Short-lived')).toBeNull());
});

// Catches "internal error" where a person only lacks a right, which no retry will give them.
test('a refusal names the scope that is needed', async () => {
  function Keys() {
    const keys = useOperationQuery('audit_list', {});
    return <StateFrame of={keys}>shown</StateFrame>;
  }
  await using _panel = await renderPanel(subject, <Keys />, { as: { ...OPERATOR, kind: 'key', scope: 'read' } });
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toMatch(/Requires scope (admin|manage)/);
  expect(screen.queryByText('shown')).toBeNull();
});

// Catches diagnostics that leave out what support asks first, or copy the answer's secrets.
test('diagnostics are one JSON text with the code, the page and the time', async () => {
  const faults = faulty();
  faults.fail('profiles_list', new AppError('internal-server-error', 'It broke'));
  await using panel = await renderPanel(subject, <Names />, { through: faults.through });
  await panel.user.click(await screen.findByRole('button', { name: 'Copy diagnostics' }));
  await screen.findByText('Copied');
  const copied: unknown = JSON.parse(await navigator.clipboard.readText());
  expect(copied).toMatchObject({ detail: 'It broke', status: 500, page: '', at: expect.stringMatching(/^\d{4}-/) });
});

// Catches filters that leave the user before an empty list without a way out.
test('filters that match nothing can be cleared where that is said', async () => {
  let cleared = 0;
  await using panel = await renderPanel(subject, <NoMatch what="tasks" clear={() => (cleared += 1)} />);
  await screen.findByText('No tasks match these filters');
  await panel.user.click(screen.getByRole('button', { name: 'Clear filters' }));
  expect(cleared).toBe(1);
});

// Catches a screen without a list that leaves the focus on nothing, so that Tab begins at the top of the window again.
test('what is empty gives the focus to what one can do there, and takes it from no field', async () => {
  await using panel = await renderPanel(subject, <NoMatch what="tasks" clear={() => undefined} />);
  await waitFor(() => expect(document.activeElement?.textContent).toBe('Clear filters'));
  panel.unmount();
  const field = document.body.appendChild(document.createElement('input'));
  field.focus();
  await using _again = await renderPanel(subject, <NoMatch what="tasks" clear={() => undefined} />);
  await screen.findByRole('button', { name: 'Clear filters' });
  expect(document.activeElement).toBe(field);
  field.remove();
});
