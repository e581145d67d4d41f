/** The dialog that runs a command, against a real host whose queue is paused: tasks are made and stay queued. */
import { screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Task } from '../../../src/contract/automation/tasks.ts';
import type { CommandId, JsonObject } from '../../../src/contract/kernel/scalars.ts';
import { RunDialog, type RunDialogProps } from '../../../src/renderer/features/run/run-dialog.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost({ settings: { 'executor.paused': true } });
});
afterAll(() => subject[Symbol.asyncDispose]());

const command = (
  name: string,
  more: { input_schema?: JsonObject; defaults?: JsonObject; uses?: { profile: boolean }; retry?: { max: number } } = {},
) => subject.host.client.call('commands_create', { name, kind: 'process', spec: { argv: ['true'] }, ...more });
const tasksOf = async (id: CommandId): Promise<Task[]> =>
  (await subject.host.client.call('tasks_list', { command_id: id })).items;

async function openDialog(props: Partial<RunDialogProps> = {}) {
  let closed = 0;
  const panel = await renderPanel(subject, <RunDialog opened close={() => closed++} {...props} />);
  await screen.findByRole('dialog', { name: 'Run a command' });
  const dialog = within(screen.getByRole('dialog'));
  return { panel, dialog, run: () => dialog.getByRole('button', { name: 'Run' }), closed: () => closed };
}

/** A schema with these properties. */
const schema = (properties: JsonObject, required: string[] = []): JsonObject => ({
  type: 'object',
  properties,
  required,
});

describe('before it is sent', () => {
  // Catches a button that does nothing without saying why, and an Enter that sends what the button would not.
  test('the button says what is missing, step by step', async () => {
    const { id } = await command('Needs somebody', { uses: { profile: true } });
    await subject.host.client.call('profiles_create', { name: 'Somebody' });
    const { panel, dialog, run } = await openDialog();
    await using _ = panel;
    expect(run().title).toBe('Choose a command');
    await panel.user.click(dialog.getByRole('combobox', { name: 'Command' }));
    await panel.user.click(await screen.findByRole('option', { name: 'Needs somebody' }));
    await waitFor(() => expect(run().title).toBe('Choose a profile'));
    await panel.user.click(run());
    expect(await tasksOf(id)).toEqual([]);
    await panel.user.click(dialog.getByRole('combobox', { name: /^Profile/ }));
    await panel.user.click(await screen.findByRole('option', { name: 'Somebody' }));
    await waitFor(() => expect(run().getAttribute('aria-disabled')).toBeNull());
    await panel.user.click(run());
    await waitFor(async () => expect((await tasksOf(id)).map((task) => task.profile_name)).toEqual(['Somebody']));
  });

  // Catches input of one command that is sent to another one which happens to have a field of that name.
  test('another command starts with an empty form', async () => {
    const fields = { input_schema: schema({ who: { type: 'string', title: 'Who' } }) };
    await command('First choice', fields);
    const { id } = await command('Second choice', fields);
    const { panel, dialog, run } = await openDialog();
    await using _ = panel;
    const choose = async (name: string) => {
      await panel.user.click(dialog.getByRole('combobox', { name: 'Command' }));
      await panel.user.click(await screen.findByRole('option', { name }));
    };
    await choose('First choice');
    await panel.user.type(await dialog.findByLabelText('Who'), 'Ada');
    await choose('Second choice');
    await waitFor(() => expect(dialog.getByLabelText<HTMLInputElement>('Who').value).toBe(''));
    await panel.user.click(run());
    await waitFor(async () => expect((await tasksOf(id)).map(({ input }) => input)).toEqual([{}]));
  });

  // Catches a dialog that waits for ever for a command which somebody deleted meanwhile.
  test('a command that is gone is told, and cannot be run', async () => {
    const { id } = await command('Soon gone');
    await subject.host.client.call('commands_delete', { id });
    const { panel, dialog, run } = await openDialog({ commandId: id });
    await using _ = panel;
    expect(await dialog.findByRole('alert')).toBeTruthy();
    expect(run().getAttribute('aria-disabled')).toBe('true');
  });
});

describe('what is sent', () => {
  // Catches a control that sends another type than the schema asks for.
  test('each field sends the type of its property', async () => {
    const { id } = await command('All fields', {
      input_schema: schema({
        text: { type: 'string', title: 'Text' },
        long: { type: 'string', maxLength: 1_000, title: 'Long' },
        whole: { type: 'integer', title: 'Whole' },
        part: { type: 'number', title: 'Part' },
        flag: { type: 'boolean', title: 'Flag' },
        pick: { enum: ['a', 'b'], title: 'Pick' },
      }),
    });
    const { panel, dialog, run } = await openDialog({ commandId: id });
    await using _ = panel;
    const { user } = panel;
    await user.type(await dialog.findByLabelText('Text'), '  two words ');
    await user.type(dialog.getByLabelText('Long'), 'first{Enter}second');
    await user.type(dialog.getByLabelText('Whole'), '-3');
    await user.type(dialog.getByLabelText('Part'), '0.5');
    await user.click(dialog.getByLabelText('Flag'));
    await user.click(dialog.getByRole('combobox', { name: 'Pick' }));
    await user.click(await screen.findByRole('option', { name: 'b' }));
    await user.click(run());
    await waitFor(async () => expect(await tasksOf(id)).toHaveLength(1));
    expect((await tasksOf(id))[0]?.input).toEqual({
      text: '  two words ',
      long: 'first\nsecond',
      whole: -3,
      part: 0.5,
      flag: true,
      pick: 'b',
    });
  });

  // Catches a sealed default that is replaced by its mask or by an empty text.
  test('an untouched secret is left to the command, a typed one is sent', async () => {
    const secret = {
      input_schema: schema({ token: { type: 'string', format: 'password', title: 'Token' } }, ['token']),
      defaults: { token: 'c0rrect-horse' },
    };
    const { id } = await command('Sealed', secret);
    const { panel, dialog, run } = await openDialog({ commandId: id });
    await using _ = panel;
    const field = await dialog.findByLabelText<HTMLInputElement>(/^Token/, { selector: 'input' });
    expect(field.value).toBe('');
    await panel.user.click(run());
    await waitFor(async () => expect(await tasksOf(id)).toHaveLength(1));
    expect(JSON.stringify(await tasksOf(id))).not.toContain('c0rrect-horse');
  });

  // Catches a second press that makes a second task while the first one is on its way.
  test('two presses at once make one task, and the dialog leads to it', async () => {
    const { id } = await command('Once');
    const { panel, run, closed } = await openDialog({ commandId: id });
    await using _ = panel;
    await waitFor(() => expect(run().getAttribute('aria-disabled')).toBeNull());
    await panel.user.dblClick(run());
    await waitFor(() => expect(closed()).toBe(1));
    const tasks = await tasksOf(id);
    expect(tasks).toHaveLength(1);
    await waitFor(() => expect(panel.address()).toBe(`/tasks/${tasks[0]?.id}`));
  });

  // Catches options that are shown but not sent, and a retry policy that is overruled by a field nobody touched.
  test('priority, attempts and labels are sent; untouched attempts are those of the command', async () => {
    const { id } = await command('With options', { retry: { max: 2 } });
    const { panel, dialog, run } = await openDialog({ commandId: id });
    await using _ = panel;
    await panel.user.click(dialog.getByText('Priority, attempts, labels'));
    await waitFor(() => expect(dialog.getByLabelText<HTMLInputElement>('Max attempts').placeholder).toBe('3'));
    await panel.user.click(dialog.getByRole('combobox', { name: 'Priority' }));
    await panel.user.click(await screen.findByRole('option', { name: 'urgent' }));
    await panel.user.type(dialog.getByLabelText('Labels', { selector: 'input' }), 'nightly{Enter}');
    await panel.user.click(run());
    await waitFor(async () => expect(await tasksOf(id)).toHaveLength(1));
    expect((await tasksOf(id))[0]).toMatchObject({ priority: 'urgent', labels: ['nightly'], max_attempts: 3 });
  });
});

// Catches a proxy that is chosen and not sent, and one that is offered, or sent, for a command that opens no browser.
test('a command that opens a browser can go out by another proxy than that of its profile', async () => {
  const { client } = subject.host;
  const proxy = await client.call('proxies_create', { name: 'Osaka', host: '127.0.0.1', port: 21_000 });
  const spec = { kind: 'browser' as const, script: 'export default () => 1;' };
  const { id } = await client.call('commands_create', { name: 'By proxy', kind: 'browser', spec });
  const without = await openDialog({ commandId: (await command('Without a browser')).id });
  await without.dialog.findByText('Priority, attempts, labels');
  expect(without.dialog.queryByRole('combobox', { name: 'Proxy' })).toBeNull();
  await without.panel[Symbol.asyncDispose]();
  const { panel, dialog, run } = await openDialog({ commandId: id });
  await using _ = panel;
  await panel.user.click(await dialog.findByText('Proxy, priority, attempts, labels'));
  await panel.user.click(dialog.getByRole('combobox', { name: 'Proxy' }));
  await panel.user.click(await screen.findByRole('option', { name: /Osaka/ }));
  await panel.user.click(run());
  await waitFor(async () => expect((await tasksOf(id)).map(({ proxy_id }) => proxy_id)).toEqual([proxy.id]));
});

describe('what the host refuses', () => {
  // Catches an error that closes the dialog with everything typed, or that stands nowhere near its field.
  test('stays in the dialog, at its field, and can be put right', async () => {
    const { id } = await command('Strict', {
      input_schema: schema({ code: { type: 'string', minLength: 4, title: 'Code' } }, ['code']),
    });
    const { panel, dialog, run, closed } = await openDialog({ commandId: id });
    await using _ = panel;
    const code = await dialog.findByLabelText(/^Code/);
    await panel.user.type(code, 'abc');
    await panel.user.click(run());
    await waitFor(() => expect(code.getAttribute('aria-invalid')).toBe('true'));
    expect(await dialog.findByRole('alert')).toBeTruthy();
    expect(closed()).toBe(0);
    await panel.user.type(code, 'd');
    await panel.user.click(run());
    await waitFor(() => expect(closed()).toBe(1));
    expect((await tasksOf(id)).map(({ input }) => input)).toEqual([{ code: 'abcd' }]);
  });
});
