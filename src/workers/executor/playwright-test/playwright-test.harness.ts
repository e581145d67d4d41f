/** What tests of test runs share. */
/** A command whose file begins with the usual import. */
export const testSpec = (body: string, rest: object = {}) => ({
  kind: 'playwright_test',
  script: `import { test, expect } from '@playwright/test';\n${body}`,
  trace: 'off',
  screenshot: 'off',
  ...rest,
});
