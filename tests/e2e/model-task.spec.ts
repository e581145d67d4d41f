import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { gradient, png, written } from '../support/models/media.ts';
import { writeOnnxCaptioner } from '../support/models/onnx-encoder-decoder.ts';
import { writeOnnxTagger } from '../support/models/onnx-models.ts';
import type { Api } from './support/api.ts';
import { faults } from './support/axe.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-e2e-task-'));
test.afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const TEXT = 'The people of Water Town, who were there: many friends!';

async function fromTemplate(page: Page, template: RegExp, name: string): Promise<Locator> {
  await open(page, '/commands');
  await page.getByRole('button', { name: 'New', exact: true }).click();
  await page.getByRole('menuitem', { name: template }).click();
  await page.getByLabel('Command name').fill(name);
  return page.getByRole('complementary', { name: 'Run settings' });
}

/** Runs the command that is shown. @returns what its task gave */
async function ran(page: Page, api: Api): Promise<unknown> {
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.waitForURL(/\/tasks/);
  const find = async () => (await api.call('tasks_list', { count: true })).items[0];
  await expect.poll(async () => (await find())?.status, { timeout: 30_000 }).toBe('succeeded');
  return (await api.call('tasks_get', { id: (await find())?.id ?? '' })).output;
}

// Would catch: a template that cannot be run as it is, a model that the panel cannot load, an answer without places.
test('a model task is made from a template, runs on a model of this machine, and finds names with their places', async ({
  page,
  api,
}) => {
  const dir = path.join(folder, 'tagger');
  writeOnnxTagger(dir, { seed: 2 });
  await api.call('models_import', { path: dir });
  const settings = await fromTemplate(page, /Find names in a text/, 'Names in a text');
  await page.getByRole('textbox', { name: 'Minimum score' }).fill('0');
  await settings.getByLabel('Text').fill(TEXT);
  await page.screenshot({ path: 'test-results/screens/model-task.png', animations: 'disabled' });
  expect(await faults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Dry run' }).first().click();
  await expect(page.getByText('Ready to run')).toBeVisible();
  expect(await faults(page)).toEqual([]);

  const output = await ran(page, api);
  const { entities } = output as { entities: { text: string; start: number; end: number }[] };
  expect(entities.length).toBeGreaterThan(0);
  for (const { text, start, end } of entities) expect(text).toBe(TEXT.slice(start, end));
  await expect(page.getByText('Asking local/tagger')).toBeVisible();

  await open(page, '/models');
  await page.getByRole('row', { name: /tagger/ }).click();
  await expect(page.getByRole('button', { name: 'Unload' }).first()).toBeVisible();
});

// Would catch: a button that chooses a file and sends nothing, an address for uploads that a browser may not use, an id that the task does not find.
test('a picture that is chosen in the form is uploaded and described by a model of this machine', async ({
  page,
  api,
}) => {
  const dir = path.join(folder, 'eyes');
  writeOnnxCaptioner(dir, { seed: 6 });
  await api.call('models_import', { path: dir });
  const settings = await fromTemplate(page, /Describe a picture/, 'A caption');
  const picture = written(path.join(folder, 'picture.png'), png(120, 80, gradient));
  await settings.getByLabel('Picture (PNG): file').setInputFiles(picture);
  await expect(settings.getByRole('textbox', { name: 'Picture (PNG)' })).toHaveValue(/^upl_/);
  await expect(settings.getByText('picture.png')).toBeVisible();
  await page.screenshot({ path: 'test-results/screens/model-task-file.png', animations: 'disabled' });
  expect(await faults(page)).toEqual([]);

  const output = await ran(page, api);
  expect(output).toMatchObject({ task: 'describe', width: 120, height: 80 });
});
