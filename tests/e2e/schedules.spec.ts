import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

test.beforeEach(async ({ api }) => {
  const path = { type: 'string', title: 'Folder' };
  await api.call('commands_create', {
    ...{ name: 'Print', kind: 'process', spec: { argv: ['{{host.node}}', '-e', 'console.log("{{input.folder}}")'] } },
    input_schema: { type: 'object', properties: { folder: path }, required: ['folder'] },
    defaults: { folder: '/tmp' },
  });
});

// Would catch: a preview of something else than what is typed, input that does not arrive, a time whose task cannot be found from the ledger.
test('made in the panel, seen to fire, and told in the ledger', async ({ page, api }) => {
  await open(page, '/schedules');
  await expect(page.getByText('No schedules yet')).toBeVisible();
  await page.keyboard.press('N');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Every morning');
  await dialog.getByRole('textbox', { name: 'Pattern' }).fill('61 * * * *');
  await expect(dialog.getByText(/Invalid value for minute/)).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Pattern' }).fill('30 2 * * *');
  const zone = dialog.getByLabel('Time zone', { exact: true });
  await zone.fill('Europe/Berlin');
  await page.getByRole('option', { name: 'Europe/Berlin' }).click();
  const next = dialog.getByRole('region', { name: 'Next times' });
  await expect(next).toContainText('At 02:30 (Europe/Berlin)');
  await expect(next).toContainText('the clock is turned');
  await dialog.getByLabel('Command').fill('Print');
  await page.getByRole('option', { name: /Print/ }).click();
  await dialog.getByRole('textbox', { name: 'Folder' }).fill('/srv');
  await dialog.getByRole('button', { name: 'Create schedule' }).click();
  await expect(dialog).toBeHidden();
  const inspector = page.getByRole('complementary', { name: 'Schedule' });
  await expect(inspector).toContainText('No runs yet');

  await inspector.getByRole('button', { name: 'Edit' }).click();
  await dialog.getByText('Once', { exact: true }).click();
  await dialog.getByRole('textbox', { name: 'At' }).fill('2026-01-01T07:30');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(inspector.getByRole('region', { name: 'Ledger' })).toContainText('Started late');
  await expect(inspector).toContainText('Over');
  const [schedule] = (await api.call('schedules_list', {})).items;
  const task = await api.ended(schedule?.last_task_id ?? '');
  expect(task).toMatchObject({ status: 'succeeded', input: { folder: '/srv' } });
  await inspector.getByRole('region', { name: 'Ledger' }).getByRole('link').click();
  await expect(page).toHaveURL(new RegExp(task.id));
});

test('R runs it now, S switches it off and on, Delete can be undone', async ({ page, api }) => {
  const [command] = (await api.call('commands_list', {})).items;
  if (!command) throw new Error('no command');
  const trigger = { kind: 'interval', seconds: 3600 } as const;
  const { id } = await api.call('schedules_create', { name: 'Hourly', target: { command_id: command.id }, trigger });
  await open(page, `/schedules?peek=${id}`);
  await expect(page.getByRole('complementary', { name: 'Schedule' })).toContainText('Every hour');
  await page.keyboard.press('R');
  await expect(page.getByText('“Hourly” started')).toBeVisible();
  await page.keyboard.press('S');
  await expect(page.getByRole('complementary', { name: 'Schedule' })).toContainText('Off');
  expect(await api.call('schedules_get', { id })).toMatchObject({ enabled: false, next_run_at: null });
  await page.keyboard.press('S');
  await expect(page.getByRole('button', { name: 'Switch off' })).toBeVisible();
  await page.keyboard.press('Delete');
  await expect(page.getByText('No schedules yet')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('grid', { name: 'Schedules' })).toContainText('Hourly');
});
