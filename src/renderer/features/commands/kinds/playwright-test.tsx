/** Kind `playwright_test`: a test file to write, or a folder of tests. Its form is loaded when it is shown. */
import { FlaskConical } from 'lucide-react';
import { SIGN_IN_SCHEMA } from './fields.tsx';
import type { KindView } from './kind.ts';
import { lazyPart } from './lazy-part.tsx';

const LOGIN = `import { expect, test } from '@playwright/test';

test.beforeEach(async ({ page, context, input }) => {
  await context.clearCookies();
  await page.goto(new URL('/login', input.url).href);
  await page.getByLabel('User').fill(input.user);
});

test('signs in', async ({ page, input }) => {
  await page.getByLabel('Password').fill(input.password);
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\\/orders$/);
});

test('refuses a wrong password', async ({ page }) => {
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('password is wrong')).toBeVisible();
});
`;

const Form = lazyPart(() => import('./playwright-test-form.tsx').then((module) => module.Form));
const Options = lazyPart(() => import('./playwright-test-form.tsx').then((module) => module.Options));

/** The panel's record of the kind. */
export const playwright_test: KindView = {
  Icon: FlaskConical,
  tab: 'Tests',
  titles: {
    ...{
      script: 'Test file',
      language: 'Language',
      folder: 'Folder',
      files: 'Files',
      grep: 'Titles',
      projects: 'Projects',
    },
    ...{
      workers: 'Workers',
      retries: 'Retries',
      test_timeout_ms: 'Test timeout (ms)',
      max_failures: 'Failures that end the run',
    },
    ...{ env: 'Environment', headless: 'Headless', trace: 'Trace', screenshot: 'Screenshot' },
  },
  Form,
  Options,
  Resolved: null,
  templates: [
    {
      id: 'login-test',
      title: 'Login test',
      text: 'Tests a sign-in with Playwright Test, as in the demo shop.',
      name: 'Login test',
      spec: { script: LOGIN },
      input_schema: SIGN_IN_SCHEMA,
      defaults: { user: 'demo' },
    },
  ],
};
