import { defineConfig } from '@playwright/test';

const executablePath = process.env.TABAGENT_BROWSER;

/** The panel's tests. The browser is the one that `npm test` found; nothing is downloaded by Playwright itself. */
export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '**/*.{spec,test}.ts',
  // Takes pictures, tests nothing.
  testIgnore: process.env.TABAGENT_README_IMAGES === '1' ? [] : ['**/readme-images.spec.ts'],
  globalSetup: './tests/e2e/support/programs.ts',
  outputDir: '.cache/e2e',
  workers: 2,
  fullyParallel: false,
  retries: 0,
  timeout: 60_000,
  // A run that hangs says where, instead of being cut off from outside.
  globalTimeout: 45 * 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: [
    ['list'],
    ['json', { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ?? '.cache/reports/playwright.json' }],
  ],
  use: {
    // A control that cannot be reached says so, with what lies over it, instead of using up the time of its test.
    actionTimeout: 20_000,
    viewport: { width: 1440, height: 900 },
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      // Chromium would otherwise call home at each start; the tests stay on this machine.
      args: ['--gaia-url=http://127.0.0.1:9/', '--component-updater=url-source=http://127.0.0.1:9/'],
    },
  },
});
