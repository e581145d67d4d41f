/** What tests of test runs share. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FromExecutor } from '../../../contract/automation/executor.ts';
import { ProfileSnapshot } from '../../../contract/automation/profiles.ts';
import { createRedactor } from '../../../contract/kernel/redact/redact.ts';
import { createArtifacts } from '../output/artifacts.ts';
import type { Run } from '../run.ts';

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

/** What of a run stores files, in this process: real artifacts below `dir`, and what is logged and told of them. */
export function storingRun(dir: string, secrets: string[] = []) {
  const redactor = createRedactor(secrets);
  const logged: string[] = [];
  const told: Extract<FromExecutor, { t: 'artifact' }>[] = [];
  const send = (message: FromExecutor) => void (message.t === 'artifact' && told.push(message));
  const report = { send, progress: () => undefined, flush: () => undefined };
  const artifacts = createArtifacts(dir, redactor, report);
  const log = { write: (_level: string, _source: string, text: string) => void logged.push(text) };
  const folder = join(dir, 'artifacts');
  return {
    run: { redactor, artifacts, log, report } as unknown as Run,
    logged,
    told,
    stored: (name: string) => readFileSync(join(folder, name)),
    names: () => (existsSync(folder) ? readdirSync(folder) : []),
  };
}
