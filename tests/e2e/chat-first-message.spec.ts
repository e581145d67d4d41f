/** The first message of a conversation, as a newcomer sends it: nothing chosen, nothing loaded, and the next words typed at once. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writeLlama } from '../support/models/llama-model.ts';
import { expect, open, test } from './support/test.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-e2e-first-'));
test.afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
for (const name of ['one', 'two']) {
  fs.mkdirSync(path.join(folder, 'test', name), { recursive: true });
  writeLlama(path.join(folder, 'test', name, `${name}-F16.gguf`), { name });
}
test.use({ scripted: folder });

// Catches a choice that is shown and not made, a focus that goes with the old composer, and letters that are taken for keys of the screen.
for (const delay of [0, 50, 100, 400])
  test(`is answered by the model that is shown, and what is typed ${delay} ms later is kept`, async ({ page }) => {
    await open(page, '/chat');
    const message = page.getByRole('textbox', { name: 'Message', exact: true });
    await message.fill(JSON.stringify({ say: ['fine'] }));
    await expect(page.getByRole('combobox', { name: 'Model' })).toContainText('First by name: one');
    await page.keyboard.press('Enter');
    await page.waitForTimeout(delay);
    await page.keyboard.type('remember');
    await expect(page.getByRole('article', { name: 'Assistant' })).toContainText('fine');
    await page.keyboard.type(' all');
    await expect(message).toHaveValue('remember all');
    await expect(message).toBeFocused();
  });
