import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writeLlama } from '../support/models/llama-model.ts';
import { faults } from './support/axe.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-e2e-prompt-'));
test.afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

// Would catch: a template that cannot be run as it is, a form that loses what is typed, an answer that does not fit its schema.
test('a prompt is made from a template, runs on a model of this machine, and its output fits the schema', async ({
  page,
  api,
}) => {
  const file = path.join(folder, 'tiny-F16.gguf');
  writeLlama(file, { name: 'Tiny chat' });
  await api.call('models_import', { path: file });
  await open(page, '/commands');
  await page.getByRole('button', { name: 'New', exact: true }).click();
  await page.getByRole('menuitem', { name: /Classify a text/ }).click();
  await page.getByLabel('Command name').fill('Mood of a text');
  await expect(page.getByLabel('Model', { exact: true })).toHaveAttribute('placeholder', 'default');
  await page.getByRole('textbox', { name: 'Seed' }).fill('7');
  const settings = page.getByRole('complementary', { name: 'Run settings' });
  await settings.getByLabel('Text').fill('What a day!');
  await page.getByRole('button', { name: 'Dry run' }).first().click();
  await expect(page.getByText('Ready to run')).toBeVisible();
  await page.screenshot({ path: 'test-results/screens/prompt-command.png', animations: 'disabled' });
  expect(await faults(page)).toEqual([]);

  await page.keyboard.press('ControlOrMeta+Enter');
  await page.waitForURL(/\/tasks/);
  const find = async () => (await api.call('tasks_list', { count: true })).items[0];
  await expect.poll(async () => (await find())?.status, { timeout: 30_000 }).toBe('succeeded');
  const task = await find();
  const { output } = await api.call('tasks_get', { id: task?.id ?? '' });
  expect(output).toMatchObject({
    json: { mood: expect.stringMatching(/^(positive|neutral|negative)$/), language: expect.any(String) },
    usage: { completion_tokens: expect.any(Number) },
  });
  await expect(page.getByText('Asking local/tiny')).toBeVisible();
});
