import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { openHubServer } from '../support/models/hub-server.ts';
import { writeLlama } from '../support/models/llama-model.ts';
import { writeOnnxEmbedder } from '../support/models/onnx-models.ts';
import { faults } from './support/axe.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-e2e-models-'));
test.afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function modelFile(name: string, shape: Parameters<typeof writeLlama>[1] = {}): string {
  const file = path.join(folder, name);
  writeLlama(file, shape);
  return file;
}
const row = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(name) });
const inspector = (page: Page) => page.getByRole('complementary', { name: 'Model' });
const shot = (page: Page, name: string) =>
  page.screenshot({ path: `test-results/screens/models-${name}.png`, animations: 'disabled' });

/** Drops files on the screen as a browser delivers them. */
async function drop(page: Page, ...files: string[]): Promise<void> {
  const given = files.map((file) => ({ bytes: fs.readFileSync(file).toString('base64'), name: path.basename(file) }));
  const transfer = await page.evaluateHandle((given) => {
    const data = new DataTransfer();
    for (const { bytes, name } of given)
      data.items.add(new File([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))], name));
    return data;
  }, given);
  const target = page.getByRole('tabpanel', { name: 'Installed' });
  await target.dispatchEvent('dragover', { dataTransfer: transfer });
  await expect(page.getByText('Drop GGUF files to add them')).toBeVisible();
  await target.dispatchEvent('drop', { dataTransfer: transfer });
}

// Would catch: a drop that opens the file in the browser, a fit that is not told, a default or settings that are not kept.
test('a file that is dropped is listed with its fit, becomes the default, has settings, and is deleted', async ({
  page,
}) => {
  await open(page, '/models');
  await expect(page.getByText('No models yet')).toBeVisible();
  await shot(page, 'empty');
  await drop(page, modelFile('tiny-F16.gguf', { name: 'Tiny chat' }));
  await expect(row(page, 'Tiny chat')).toContainText('Fits');
  await expect(inspector(page)).toContainText(/needs [\d.]+ MB/i);
  await inspector(page).getByRole('button', { name: 'Make default' }).click();
  await expect(row(page, 'Tiny chat')).toContainText('Default');
  await shot(page, 'details');
  expect(await faults(page)).toEqual([]);

  await inspector(page).getByRole('tab', { name: 'Settings' }).click();
  const temperature = inspector(page).getByRole('textbox', { name: 'Temperature' });
  await temperature.fill('0.9');
  await shot(page, 'settings');
  await inspector(page).getByRole('button', { name: 'Save settings' }).click();
  await expect(inspector(page)).toContainText('These were saved for this model');
  await page.reload();
  await inspector(page).getByRole('tab', { name: 'Settings' }).click();
  await expect(temperature).toHaveValue('0.9');

  await inspector(page).getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('No models yet')).toBeVisible();
});

// Would catch: files of one drop of which the first is taken and the others are not, without a word.
test('files that are dropped together are all added; what is none is named', async ({ page }) => {
  const notes = path.join(folder, 'notes.txt');
  fs.writeFileSync(notes, 'no model');
  await open(page, '/models');
  await expect(page.getByText('No models yet')).toBeVisible();
  await drop(page, modelFile('first.gguf', { name: 'First' }), notes, modelFile('second.gguf', { name: 'Second' }));
  await expect(page.getByText('notes.txt is not a GGUF file')).toBeVisible();
  await expect(row(page, 'First')).toBeVisible();
  await expect(row(page, 'Second')).toBeVisible();
  await expect(inspector(page)).toContainText('First');
});

// Would catch: a model that is loaded and looks as if it were not, one that cannot be unloaded, a pane that does not fit a small window.
test('a model is loaded, listed as running, and unloaded', async ({ page, api }) => {
  await api.call('models_import', { path: modelFile('loaded.gguf', { name: 'Loadable' }) });
  await open(page, '/models');
  await row(page, 'Loadable').click();
  await inspector(page).getByRole('button', { name: 'Load', exact: true }).click();
  await expect(row(page, 'Loadable')).toContainText('Loaded', { timeout: 30_000 });
  await page.getByRole('tab', { name: /Running/ }).click();
  const running = page.getByRole('region', { name: 'Loaded models' });
  await expect(running).toContainText('local/loaded');
  await shot(page, 'running');
  expect(await faults(page)).toEqual([]);
  for (const tab of ['Running', 'Download', 'Installed'])
    for (const size of [
      { width: 1024, height: 640 },
      { width: 720, height: 450 },
    ]) {
      await page.setViewportSize(size);
      await page.getByRole('tab', { name: new RegExp(tab) }).click();
      await shot(page, `${tab.toLowerCase()}-${size.width}`);
      const overflow = () =>
        page.evaluate(
          () =>
            [...document.querySelectorAll('[role=tabpanel], [role=tabpanel] > *')].filter(
              (element) => element.scrollWidth > element.clientWidth + 1,
            ).length,
        );
      expect(await overflow(), `${tab} at ${size.width}`).toBe(0);
    }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole('tab', { name: /Running/ }).click();
  await running.getByRole('button', { name: 'Unload' }).click();
  await expect(page.getByText('No model is loaded')).toBeVisible();
});

// Would catch: a measure of an answer for a model that gives none, and results that are gone with the page.
test('an embedding model is measured by what it reads', async ({ page, api }) => {
  const vectors = path.join(folder, 'vectors');
  writeOnnxEmbedder(vectors);
  await api.call('models_import', { path: vectors });
  await open(page, '/models');
  await row(page, 'vectors').click();
  await expect(inspector(page).getByRole('heading', { name: 'vectors' })).toBeVisible();
  await page.keyboard.press('b');
  const results = inspector(page).getByRole('table').getByRole('row');
  await expect(results).toHaveCount(2, { timeout: 30_000 });
  const cells = results.last().getByRole('cell');
  await expect(cells.nth(1)).toHaveText(/^[\d,.]+$/);
  await expect(cells.nth(2)).toHaveText(/^\d+$/);
  await expect(inspector(page).getByText('First token')).toHaveCount(0);
  await shot(page, 'benchmark');
  expect(await faults(page)).toEqual([]);
  await page.reload();
  await inspector(page).getByRole('tab', { name: 'Benchmark' }).click();
  await expect(results).toHaveCount(2);
});

// Would catch: a broken file that looks like a good one, and a path whose refusal is not said at its field.
test('a file is added by its path; a broken one says why', async ({ page, api }) => {
  await api.call('models_import', { path: modelFile('whole.gguf', { name: 'Whole' }) });
  const broken = modelFile('broken.gguf', { name: 'Cut' });
  fs.truncateSync(broken, 100_000);
  await open(page, '/models');
  await expect(row(page, 'Whole')).toBeVisible();
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog', { name: 'Add a model' });
  await dialog.getByRole('textbox', { name: 'File or folder' }).fill('/nowhere/at/all.gguf');
  await dialog.getByRole('button', { name: 'Add model' }).click();
  await expect(dialog).toContainText('does not exist');
  await shot(page, 'add');
  expect(await faults(page)).toEqual([]);
  await dialog.getByRole('textbox', { name: 'File or folder' }).fill(broken);
  await dialog.getByRole('button', { name: 'Add model' }).click();
  await expect(row(page, 'broken')).toContainText('Broken');
  await expect(inspector(page)).toContainText('the file is incomplete');
  await shot(page, 'broken');
});

// Would catch: progress that stands still, a pause that loses what is there, a finished download that is not listed.
test('a model of the hub is downloaded, paused and resumed', async ({ page, api }) => {
  const content = fs.readFileSync(modelFile('hub.gguf', { name: 'From the hub' }));
  await using hub = await openHubServer('owner/Tiny-GGUF', { 'tiny-F16.gguf': content });
  await api.call('settings_update', { 'hub.endpoint': hub.url });
  hub.holdAfter = 150_000;
  await open(page, '/models?tab=download');
  await expect(page.getByText('SmolLM2 360M')).toBeVisible();
  await page.getByRole('textbox', { name: 'Repo' }).fill('owner/Tiny-GGUF');
  await page.getByRole('button', { name: 'Show quantizations' }).click();
  const held = hub.held();
  await page.getByRole('region', { name: 'Hugging Face' }).getByRole('button', { name: 'Download' }).click();
  await held;
  // The list of downloads moves what is below it: a click between pressing and releasing would be lost.
  const downloads = page.getByRole('region', { name: 'Downloads' });
  await expect(downloads).toContainText(/146 KB of/);
  const token = page.getByRole('region', { name: 'Token of the hub' });
  await token.getByLabel('Token', { exact: true }).last().fill('sk_wrong');
  await token.getByRole('button', { name: 'Store token' }).click();
  await expect(token).toContainText("must start with 'hf_'");
  await token.getByLabel('Token', { exact: true }).last().fill('hf_0123456789');
  await token.getByRole('button', { name: 'Store token' }).click();
  await expect(token).toContainText('A token is stored');
  await token.getByRole('button', { name: 'Remove token' }).click();
  await expect(token).toContainText('Some repos can be downloaded only with a token');
  await shot(page, 'download');
  expect(await faults(page)).toEqual([]);
  await downloads.getByRole('button', { name: 'Pause' }).click();
  await expect(downloads.getByRole('button', { name: 'Resume' })).toBeVisible();
  hub.release();
  await downloads.getByRole('button', { name: 'Resume' }).click();
  await expect(downloads).toBeHidden();
  await page.getByRole('tab', { name: /Installed/ }).click();
  await expect(row(page, 'From the hub')).toContainText('Fits');
});
