/** The dialog that makes and changes schedules, and the pane beside the list, against a real host. */
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { useState } from 'react';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CommandId, ScheduleId } from '../../../src/contract/kernel/scalars.ts';
import { ScheduleFormDialog } from '../../../src/renderer/features/schedules/form/schedule-form.tsx';
import { ScheduleInspector } from '../../../src/renderer/features/schedules/schedule-inspector.tsx';
import { useDrafts } from '../../../src/renderer/lib/drafts/drafts.ts';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
let command: CommandId;
beforeAll(async () => {
  subject = await createTestHost();
  const properties = {
    password: { type: 'string', format: 'password', title: 'Password' },
    place: { type: 'string', title: 'Place' },
  };
  const made = await subject.host.client.call('commands_create', {
    ...{ name: 'Collect', kind: 'process', spec: { argv: ['true'] }, defaults: { place: 'Oslo' } },
    input_schema: { type: 'object', properties },
  });
  command = made.id;
});
afterAll(() => subject[Symbol.asyncDispose]());
beforeEach(() => {
  localStorage.clear();
  useDrafts.setState({ entries: {} });
});

const call: TestHost['host']['client']['call'] = (...args) => subject.host.client.call(...args);
const make = (name: string) =>
  call('schedules_create', {
    ...{ name, target: { command_id: command }, input: { password: 'tiger-lily', place: 'Rome' } },
    trigger: { kind: 'interval', seconds: 3600 },
  });

/** The dialog as the screen holds it: `created` and `close` end it. */
function Dialog({ id, made }: { id: string; made?: (id: ScheduleId) => void }) {
  const [open, setOpen] = useState<string | null>(id);
  return (
    <ScheduleFormDialog
      id={open}
      close={() => setOpen(null)}
      created={(schedule) => {
        made?.(schedule);
        setOpen(null);
      }}
    />
  );
}
const dialog = async () => within(await screen.findByRole('dialog'));
type Form = Awaited<ReturnType<typeof dialog>>;
// By their texts: looking for roles among the options of the time zones takes seconds.
const labelled = (name: string) => new RegExp(`^${name}( \\*)?$`);
const field = (form: Form, name: string) => form.getByLabelText(labelled(name), { selector: 'input, textarea' });
const button = (form: Form, name: string) =>
  form.getByText(name, { selector: 'button, button *' }).closest('button') as HTMLElement;

// Catches input of the command that is not sent, and a field of the form that is.
test('a new schedule has what the form says', async () => {
  const made: ScheduleId[] = [];
  await using panel = await renderPanel(subject, <Dialog id="new" made={(id) => made.push(id)} />);
  const form = await dialog();
  const create = button(form, 'Create schedule');
  await panel.user.click(create);
  expect(form.getByText('Name is required')).toBeDefined();
  expect(form.getByText('Choose a command')).toBeDefined();
  fireEvent.change(field(form, 'Name'), { target: { value: ' Mornings ' } });
  fireEvent.change(field(form, 'Pattern'), { target: { value: '15 6 * * *' } });
  await form.findByText(/^At 06:15/, undefined, { timeout: 20_000 });
  await panel.user.click(field(form, 'Command'));
  await panel.user.click(await screen.findByRole('option', { name: /Collect/ }));
  const place = await form.findByLabelText(labelled('Place'), { selector: 'input' });
  expect((place as HTMLInputElement).value).toBe('Oslo');
  fireEvent.change(place, { target: { value: 'Bergen' } });
  await panel.user.click(create);
  await waitFor(() => expect(made).toHaveLength(1));
  const stored = await call('schedules_get', { id: made[0] as ScheduleId });
  expect(stored).toMatchObject({
    ...{ name: 'Mornings', input: { place: 'Bergen' }, target: { command_id: command }, profile_ids: [] },
    ...{ trigger: { kind: 'cron', expr: '15 6 * * *' }, missed: 'run_once', overlap: 'skip', quiet: null },
  });
});

// Catches a secret of the stored input that is shown, sent back as its mask, or kept in a draft.
test('an edit keeps the secrets that it does not touch, and drafts keep none', async () => {
  const { id } = await make('Secretive');
  await using panel = await renderPanel(subject, <Dialog id={id} />);
  const form = await dialog();
  const place = await form.findByLabelText(labelled('Place'), { selector: 'input' });
  expect((place as HTMLInputElement).value).toBe('Rome');
  expect(document.body.textContent).not.toContain('tiger-lily');
  fireEvent.change(place, { target: { value: 'Turin' } });
  fireEvent.change(form.getByLabelText(/^Password/), { target: { value: 'fox-glove' } });
  expect(JSON.stringify(localStorage)).not.toContain('fox-glove');
  await panel.user.click(button(form, 'Save'));
  await waitFor(async () => expect((await call('schedules_get', { id })).input).toMatchObject({ place: 'Turin' }));
  expect(JSON.stringify(await call('schedules_get', { id }))).not.toContain('fox-glove');
});

// Catches a save over what somebody else has changed meanwhile.
test('a change of somebody else to the same field has to be settled first', async () => {
  const { id } = await make('Shared');
  await using _panel = await renderPanel(subject, <Dialog id={id} />);
  const form = await dialog();
  const name = await form.findByLabelText(labelled('Name'), { selector: 'input' });
  fireEvent.change(name, { target: { value: 'Mine' } });
  await call('schedules_update', { id, name: 'Theirs' });
  await waitFor(() => expect(button(form, 'Save').getAttribute('aria-disabled')).toBe('true'));
});

test('a pattern that cannot be read is told under the pattern, by the host', async () => {
  await using _panel = await renderPanel(subject, <Dialog id="new" />);
  const form = await dialog();
  fireEvent.change(field(form, 'Pattern'), { target: { value: '61 * * * *' } });
  await form.findByText(/Invalid value for minute/);
});

// Catches a pane that shows a schedule as it was, one whose command is gone without a word, and a run that is not in its ledger.
test('the pane tells when it runs next, what became of it, and that its command is gone', async () => {
  const { id } = await make('Watched');
  await using panel = await renderPanel(
    subject,
    <ScheduleInspector id={id} close={() => undefined} edit={() => undefined} />,
  );
  await screen.findByText('Every hour');
  await screen.findByText('No runs yet.');
  await panel.user.click(screen.getByRole('button', { name: 'Switch off' }));
  await screen.findByRole('button', { name: 'Switch on' });
  expect(await call('schedules_get', { id })).toMatchObject({ enabled: false });
  await call('schedules_update', { id, enabled: true, trigger: { kind: 'once', at: '2026-01-01T00:00:00.000Z' } });
  await screen.findByText('Started late');
  expect(screen.getByText(/when it was due/)).toBeDefined();
  const line = within(screen.getByRole('region', { name: 'Ledger' })).getByRole('link');
  await panel.user.click(line);
  await waitFor(async () => {
    const { last_task_id } = await call('schedules_get', { id });
    expect(panel.address()).toContain(String(last_task_id));
  });
  await call('commands_delete', { id: command });
  await screen.findByText(/Its command was deleted/);
  await call('commands_restore', { id: command });
});

// Catches an interval or a moment that is sent in another unit or zone than it was typed in, and a preview of what was typed before.
test('an interval is previewed and sent as it was typed', async () => {
  const made: ScheduleId[] = [];
  await using panel = await renderPanel(subject, <Dialog id="new" made={(id) => made.push(id)} />);
  const form = await dialog();
  fireEvent.change(field(form, 'Name'), { target: { value: 'Often' } });
  await panel.user.click(form.getByText('Interval'));
  fireEvent.change(field(form, 'Every'), { target: { value: '15' } });
  await form.findByText('Every 15 minutes');
  await panel.user.type(field(form, 'Command'), 'Collect');
  await panel.user.click(await screen.findByRole('option', { name: /Collect/ }));
  await form.findByLabelText(labelled('Place'), { selector: 'input' });
  await panel.user.click(button(form, 'Create schedule'));
  await waitFor(() => expect(made).toHaveLength(1));
  const { trigger } = await call('schedules_get', { id: made[0] as ScheduleId });
  expect(trigger).toEqual({ kind: 'interval', seconds: 900 });
});

// Catches conditions and inputs of an event that are not sent as they were typed.
test('a schedule that waits for an event is saved with the conditions and inputs that were typed', async () => {
  const where = { '/task/status': ['failed', 'dead'] };
  const trigger = { kind: 'event' as const, on: 'task.ended' as const, where };
  const { id } = await call('schedules_create', { name: 'After', target: { command_id: command }, trigger });
  await using _panel = await renderPanel(subject, <Dialog id={id} />);
  const form = await dialog();
  const put = (label: string, value: string) =>
    fireEvent.change(form.getByLabelText(label, { selector: 'input' }), { target: { value } });
  fireEvent.click(await form.findByText('Add an input from the event'));
  expect(form.queryByLabelText(/Missed runs/)).toBeNull();
  put('Input 1', 'place');
  put('Path of input 1', '/task/command_name');
  put('Path of condition 1', '/task/error_code');
  fireEvent.click(form.getByText('Save'));
  await waitFor(async () =>
    expect((await call('schedules_get', { id })).trigger).toEqual({
      ...{ kind: 'event', on: 'task.ended', min_interval_seconds: 0 },
      ...{ where: { '/task/error_code': ['failed', 'dead'] }, map: { place: '/task/command_name' } },
    }),
  );
});

// Catches a trial that does not go the way of a real event, and a schedule without a next time that is taken for one that is over.
test('a schedule that waits for an event says so, and is tried out with an example', async () => {
  const trigger = { kind: 'event', on: 'task.ended', map: { place: '/task/command_name' } } as const;
  const { id } = await call('schedules_create', { name: 'Example', target: { command_id: command }, trigger });
  await using panel = await renderPanel(
    subject,
    <ScheduleInspector id={id} close={() => undefined} edit={() => undefined} />,
  );
  await screen.findByText('When a task ends');
  expect(screen.getByText('On event')).toBeDefined();
  await panel.user.click(screen.getByRole('button', { name: 'Send a test event' }));
  await screen.findByText('Started');
  const { last_task_id } = await call('schedules_get', { id });
  expect(await call('tasks_get', { id: last_task_id ?? '' })).toMatchObject({ input: { place: 'Collect' } });
});
