/** Webhooks in the form of schedules and in the pane beside the list, against a real host. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CommandId, ScheduleId } from '../../../src/contract/kernel/scalars.ts';
import { ScheduleFormDialog } from '../../../src/renderer/features/schedules/form/schedule-form.tsx';
import { ScheduleInspector } from '../../../src/renderer/features/schedules/schedule-inspector.tsx';
import { useDrafts } from '../../../src/renderer/lib/drafts/drafts.ts';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';
import { post, standardHeaders } from '../../support/webhooks.ts';

let subject: TestHost;
let command: CommandId;
beforeAll(async () => {
  subject = await createTestHost();
  const made = await call('commands_create', {
    ...{ name: 'Deploy', kind: 'process', spec: { argv: ['true'] } },
    input_schema: { type: 'object', properties: { ref: { title: 'Ref' } } },
  });
  command = made.id;
});
afterAll(() => subject[Symbol.asyncDispose]());
beforeEach(() => {
  localStorage.clear();
  useDrafts.setState({ entries: {} });
});

const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
const make = (map = {}) =>
  call('schedules_create', { name: 'Hook', target: { command_id: command }, trigger: { kind: 'webhook', map } });
const pane = (id: ScheduleId) =>
  renderPanel(subject, <ScheduleInspector id={id} close={() => undefined} edit={() => undefined} />);
const section = async () => within(await screen.findByRole('region', { name: 'Webhook' }));

// Catches a form that sends an event in place of the webhook, and fields of times or events that mean nothing here.
test('a schedule that waits for a webhook is saved with the conditions and inputs that were typed', async () => {
  const { id } = await make();
  await using _panel = await renderPanel(
    subject,
    <ScheduleFormDialog id={id} close={() => undefined} created={() => undefined} />,
  );
  const form = within(await screen.findByRole('dialog'));
  await form.findByText(/signed request/);
  expect(form.queryByLabelText('Event', { selector: 'input:not([type=radio])' })).toBeNull();
  expect(form.queryByLabelText(/Missed runs/)).toBeNull();
  const put = (label: string, value: string) =>
    fireEvent.change(form.getByLabelText(label, { selector: 'input' }), { target: { value } });
  fireEvent.click(await form.findByText('Add an input from the delivery'));
  put('Input 1', 'ref');
  put('Path of input 1', '/body/ref');
  put('Minimum interval (seconds)', '5');
  fireEvent.click(form.getByText('Save'));
  await waitFor(async () =>
    expect((await call('schedules_get', { id })).trigger).toEqual({
      ...{ kind: 'webhook', min_interval_seconds: 5, where: {}, map: { ref: '/body/ref' } },
    }),
  );
});

// Catches a secret that is shown twice, kept in the panel, or is not the one that counts; and a trial before there is one.
test('its secret is shown once, takes what is signed with it, and a new one ends it', async () => {
  const { id } = await make({ ref: '/body/ref' });
  await using panel = await pane(id);
  const webhook = await section();
  const url = `${subject.url}/v1/hooks/${id}`;
  expect(webhook.getByText(url)).toBeDefined();
  expect(webhook.getByText(/until there is a secret/)).toBeDefined();
  const trial = screen.getByRole('button', { name: 'Send a test delivery' });
  expect(trial.getAttribute('aria-disabled')).toBe('true');

  const makeOne = async (button: string) => {
    await panel.user.click(webhook.getByRole('button', { name: button }));
    const dialog = within(await screen.findByRole('dialog'));
    const isWarned = dialog.queryByText(/stops working at once/) !== null;
    await panel.user.click(dialog.getByRole('button', { name: 'Create secret' }));
    const secret = (await dialog.findByTestId('new-secret')).textContent ?? '';
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Copy secret'));
    await panel.user.click(dialog.getByRole('button', { name: 'Done' }));
    await waitFor(() => expect(document.body.textContent).not.toContain(secret));
    return { secret, isWarned };
  };
  const first = await makeOne('Create secret');
  expect(first.isWarned).toBe(false);
  await webhook.findByText(first.secret.slice(-4));
  const send = (secret: string, name: string) => post(url, '{"ref":"x"}', standardHeaders(secret, name, '{"ref":"x"}'));
  expect((await send(first.secret, 'one')).status).toBe(202);
  await screen.findByText('Started');

  const second = await makeOne('New secret');
  expect(second.isWarned).toBe(true);
  expect((await send(first.secret, 'two')).status).toBe(401);
  await webhook.findByText(/Last refused.*: Its signature is wrong/);
  expect((await send(second.secret, 'two')).status).toBe(202);
  expect(JSON.stringify(localStorage)).not.toContain('whsec_');
});

// Catches a trial that does not go the way of every delivery, or whose outcome nobody is told.
test('a test delivery runs the command and has its line in the ledger', async () => {
  const { id } = await make({ ref: '/body/test' });
  await call('schedules_secret', { id });
  await using panel = await pane(id);
  await panel.user.click(await screen.findByRole('button', { name: 'Send a test delivery' }));
  await screen.findByText('Started');
  const { last_task_id } = await call('schedules_get', { id });
  expect(await call('tasks_get', { id: last_task_id ?? '' })).toMatchObject({ input: { ref: true } });
});

// Catches samples that speak of another address, and one that shows a secret.
test('how to sign is told with its own address', async () => {
  const { id } = await make();
  await call('schedules_secret', { id });
  await using panel = await pane(id);
  const webhook = await section();
  await panel.user.click(webhook.getByText('How to sign', { selector: 'summary' }));
  const help = within(webhook.getByRole('region', { name: 'How to sign' }));
  for (const [tab, told] of [
    ['Node.js', 'createHmac'],
    ['GitHub', 'Payload URL'],
    ['curl', 'openssl'],
  ] as const) {
    await panel.user.click(help.getByRole('tab', { name: tab }));
    const sample = help.getByText(new RegExp(told), { selector: 'pre' }).textContent;
    expect(sample).toContain(`${subject.url}/v1/hooks/${id}`);
    expect(sample).not.toMatch(/whsec_\w/);
  }
});
