import { post, standardHeaders } from '../support/webhooks.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

/** Pictures for whoever changes these screens; none unless a folder is named. */
const shots = process.env.TABAGENT_SHOTS;

// Would catch: a webhook that cannot be made, tried and understood in the panel alone, from the form to the line of its delivery.
test('made in the panel, signed for by another program, and told in the ledger', async ({ page, api }) => {
  const argv = ['{{host.node}}', '-e', 'console.log("{{input.ref}}")'];
  await api.call('commands_create', {
    ...{ name: 'Deploy', kind: 'process', spec: { argv } },
    input_schema: { type: 'object', properties: { ref: { type: 'string', title: 'Ref' } } },
  });
  const shoot = async (name: string) => {
    if (shots === undefined) return;
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [1440, 800]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await page.screenshot({ path: `${shots}/${name}-${colorScheme}-${width}.png` });
      }
    await page.setViewportSize({ width: 1440, height: 900 });
  };

  await open(page, '/schedules?edit=new');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('On push');
  await dialog.getByText('Webhook', { exact: true }).click();
  await dialog.getByLabel('Command').fill('Deploy');
  await page.getByRole('option', { name: /Deploy/ }).click();
  await dialog.getByRole('button', { name: 'Add a condition' }).click();
  await dialog.getByLabel('Path of condition 1').fill('/body/kind');
  await dialog.getByRole('combobox', { name: 'Values of condition 1' }).fill('push');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Add an input from the delivery' }).click();
  await dialog.getByLabel('Input 1', { exact: true }).fill('ref');
  await dialog.getByLabel('Path of input 1').fill('/body/ref');
  await dialog.getByRole('textbox', { name: 'Name' }).focus();
  await shoot('form');
  await dialog.getByRole('button', { name: 'Create schedule' }).click();
  await expect(dialog).toBeHidden();

  const inspector = page.getByRole('complementary', { name: 'Schedule' });
  await expect(inspector).toContainText('When a webhook comes (kind: push)');
  await expect(inspector).toContainText('Deliveries are refused until there is a secret');
  await shoot('no-secret');
  await inspector.getByRole('button', { name: 'Create secret' }).click();
  await dialog.getByRole('button', { name: 'Create secret' }).click();
  const secret = (await dialog.getByTestId('new-secret').textContent()) ?? '';
  await shoot('secret');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(dialog).toBeHidden();

  const [schedule] = (await api.call('schedules_list', {})).items;
  const url = schedule?.webhook?.url ?? '';
  await expect(inspector).toContainText(url);
  const send = (key: string, id: string, body: string) => post(url, body, standardHeaders(key, id, body));
  expect((await send(secret, 'one', '{"kind":"push","ref":"main"}')).status).toBe(202);
  expect((await send(secret, 'two', '{"kind":"tag","ref":"v1"}')).status).toBe(202);
  expect((await send('whsec_AAAA', 'three', '{}')).status).toBe(401);
  const ledger = inspector.getByRole('region', { name: 'Ledger' });
  await expect(ledger).toContainText('Started');
  await expect(ledger).toContainText('Left out by “Only when”');
  await expect(inspector).toContainText('Its signature is wrong');
  await inspector.getByText('How to sign').click();
  await shoot('pane');
  await inspector.getByText('How to sign').click();
  await inspector.getByRole('button', { name: 'Send a test delivery' }).click();
  await expect(ledger.getByText('Left out by “Only when”')).toHaveCount(2);
  const ran = (await api.call('schedules_get', { id: schedule?.id ?? ('' as never) })).last_task_id;
  expect(await api.ended(ran ?? '')).toMatchObject({ status: 'succeeded', input: { ref: 'main' } });
});
