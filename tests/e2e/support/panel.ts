/** Small moves that several specs make. */
import { expect, type Locator, type Page } from '@playwright/test';

/** Replaces the text of a code editor. */
export async function writeCode(page: Page, label: string, text: string): Promise<void> {
  const editor = page.getByRole('textbox', { name: label, exact: true });
  await editor.click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(text);
}

/** Chooses from a select that can be searched or not. */
export async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click();
  await page.getByRole('option', { name: option }).click();
}

/** Header of a task's page, with its status. */
export const taskHead = (page: Page): Locator => page.getByRole('main').locator('header');

/** Waits on a task's page for its end. */
export async function expectTask(page: Page, status: string): Promise<void> {
  await expect(page).toHaveURL(/#\/tasks\/tsk_/);
  await expect(taskHead(page).getByText(status, { exact: true })).toBeVisible({ timeout: 40_000 });
}

/** Row of a list by a text in it. */
export const rowOf = (page: Page, text: string | RegExp): Locator => page.getByRole('row').filter({ hasText: text });
