/** The screen Chat, with an engine that says what it is ordered to. */
import { expect, type Page } from '@playwright/test';

export const order = (script: object) => JSON.stringify(script);
export const log = (page: Page) => page.getByRole('log', { name: 'Conversation' });
export const answers = (page: Page) => log(page).getByRole('article', { name: 'Assistant' });
export const asked = (page: Page) => log(page).getByRole('article', { name: 'You' });
export const input = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true }).last();
export const shot = (page: Page, name: string) =>
  page.screenshot({ path: `test-results/screens/chat-${name}.png`, animations: 'disabled' });

export async function say(page: Page, text: string): Promise<void> {
  await input(page).fill(text);
  await page.keyboard.press('Enter');
}
/** The answer has come, and what is stored is shown. */
export const done = (page: Page) => expect(page.getByRole('button', { name: 'Stop' })).toHaveCount(0);
export async function choose(page: Page): Promise<void> {
  await page.getByRole('combobox', { name: 'Model' }).selectOption('test/tiny:F16');
}
