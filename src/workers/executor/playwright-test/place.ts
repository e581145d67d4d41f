/** What a run of tests finds in the folders of its attempt. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { inheritedEnvironment, RUN_ID_ENV } from '../../../contract/automation/executor.ts';
import type { PlaywrightTestSpec, TestPlaces } from '../../../contract/automation/kinds/playwright-test.ts';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { browserOptions } from '../browser/launch.ts';
import { Failure } from '../failure.ts';
import { writeInstead, writeNew } from '../output/new-file.ts';
import type { Run } from '../run.ts';
import { TEST_JOB_ENV, type TestJob } from './inside/job.ts';
import { insideFile } from './node.ts';

/** Names that Playwright looks for, in its order. */
const CONFIGS = ['ts', 'js', 'mts', 'mjs', 'cts', 'cjs'].map((extension) => `playwright.config.${extension}`);
const SCREENSHOTS = { on: 'on', on_failure: 'only-on-failure', off: 'off' } as const;
/** Longest value of an input that becomes a variable. */
const MAX_VARIABLE = 32_768;

/** Where a run takes place. */
export interface Place extends TestPlaces {
  cwd: string;
  env: Record<string, string>;
  /** Folder of Playwright's report. */
  report: string;
}

/** The file of the tests as the author of the command knows it. */
export const testFileName = ({ language }: Pick<PlaywrightTestSpec, 'language'>): string =>
  language === 'typescript' ? 'command.spec.ts' : 'command.spec.mjs';

/** Proxy of the browser by its switches. */
export function proxyOf(args: readonly string[]): TestJob['proxy'] {
  const switchOf = (name: string) => args.findLast((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  const server = switchOf('proxy-server');
  if (server === undefined || server === '') return null;
  const bypass = switchOf('proxy-bypass-list')?.replaceAll(';', ',');
  return { server, ...(bypass === undefined ? {} : { bypass }) };
}

/** Members of the input that are one value and hold no secret: `INPUT_URL` for `url`. Other programs can read variables. */
export function inputVariables(input: Record<string, Json>, redactor: Pick<Run['redactor'], 'text'>) {
  const pairs = Object.entries(input).flatMap(([name, value]): [string, string][] => {
    if (value === null || typeof value === 'object') return [];
    const text = String(value);
    const isShown = text.length <= MAX_VARIABLE && !text.includes('\0') && redactor.text(text) === text;
    return isShown ? [[`INPUT_${name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_')}`, text]] : [];
  });
  return Object.fromEntries(pairs);
}

/** The folder of the tests and their configuration. A file of the command gets a folder of its own. */
async function testsOf({ job }: Run, spec: PlaywrightTestSpec, home: string) {
  const config = join(home, 'playwright.config.mjs');
  if (spec.folder === null) {
    const folder = join(job.run_dir, 'tests');
    await mkdir(folder, { recursive: true });
    await writeInstead(join(folder, testFileName(spec)), spec.script);
    await writeNew(config, `export default { testDir: ${JSON.stringify(folder)} };\n`);
    return { cwd: folder, config };
  }
  if (!statSync(spec.folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Failure('process-failed', `The folder ${spec.folder} does not exist. Correct it in the command.`, {
      retryable: false,
      extra: { reason: 'folder' },
    });
  }
  // Node.js names files by their real paths; those of tests are told below their folder.
  const folder = realpathSync(spec.folder);
  const own = CONFIGS.map((name) => join(folder, name)).find((file) => existsSync(file));
  if (own !== undefined) return { cwd: folder, config: own };
  await writeNew(config, `export default { testDir: ${JSON.stringify(folder)} };\n`);
  return { cwd: folder, config };
}

function jobOf(run: Run, spec: PlaywrightTestSpec): TestJob {
  const { browser, input, profile } = run.job;
  if (browser === null) throw new Failure('browser-failed', 'The task was given no browser.', { retryable: false });
  return {
    fixtures: insideFile('fixtures'),
    input,
    screenshot: SCREENSHOTS[spec.screenshot],
    launch: { executablePath: browser.executable, args: browser.args, env: browser.env, headless: spec.headless },
    proxy: proxyOf(browser.args),
    profile:
      profile === null ? null : { folder: browser.user_data_dir, options: browserOptions(run.job, spec.headless) },
  };
}

/** Writes what a run needs. @throws Failure */
export async function preparePlace(run: Run, spec: PlaywrightTestSpec): Promise<Place> {
  const made = join(run.job.temp_dir, 'playwright-test');
  await mkdir(made, { recursive: true, mode: 0o700 });
  // The real path, as long as no test has run: what leads elsewhere later is a link that one has planted.
  const home = await realpath(made);
  const file = join(home, 'job.json');
  await writeNew(file, JSON.stringify(jobOf(run, spec)));
  const marker = process.env[RUN_ID_ENV];
  const report = join(home, 'report');
  return {
    ...(await testsOf(run, spec, home)),
    report,
    reporter: insideFile('reporter'),
    output: join(home, 'results'),
    env: {
      ...inheritedEnvironment(process.env),
      ...inputVariables(run.job.input, run.redactor),
      FORCE_COLOR: '0',
      ...spec.env,
      ...(marker === undefined ? {} : { [RUN_ID_ENV]: marker }),
      [TEST_JOB_ENV]: file,
      PLAYWRIGHT_HTML_OUTPUT_DIR: report,
      PLAYWRIGHT_HTML_OPEN: 'never',
      // Files that Playwright makes of the tests it has read.
      PWTEST_CACHE_DIR: join(home, 'cache'),
    },
  };
}
