/** What tests of test runs share. */
import { ProfileSnapshot } from '../../../contract/automation/profiles.ts';

/** A command whose file begins with the usual import. */
export const testSpec = (body: string, rest: object = {}) => ({
  kind: 'playwright_test',
  script: `import { test, expect } from '@playwright/test';\n${body}`,
  trace: 'off',
  screenshot: 'off',
  ...rest,
});

/** A profile without anything of its own. */
export const PROFILE = ProfileSnapshot.parse({
  id: 'prf_01j00000000000000000000000',
  ...{ version: 1, name: 'Tests', browser: 'chromium', executable_path: null, launch_args: [], start_urls: [] },
  ...{ locale: null, timezone: null, viewport: null, window: null, user_agent: null, color_scheme: null },
  ...{ storage: 'persistent', clear_cache_on_stop: false },
});
