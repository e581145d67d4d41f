/** Kind `playwright_test`: tests that Playwright Test runs. */
import { z } from 'zod';
import type { CommandKindRecord } from './kind.ts';

const When = z.enum(['on', 'on_failure', 'off']);

/** Tests of one file that is part of the command, or of a folder of this computer. They run unchanged, in the profile of the task. */
export const PlaywrightTestSpec = z.strictObject({
  kind: z.literal('playwright_test').default('playwright_test'),
  /** Source of the one test file; not looked at when `folder` names a folder. */
  script: z.string().max(1_000_000).default(''),
  language: z.enum(['javascript', 'typescript']).default('typescript'),
  /** Absolute path of a folder with tests, whose own `playwright.config` is used if it has one. */
  folder: z
    .string()
    .max(4096)
    .regex(/^(?:\/|[A-Za-z]:[\\/]|\\\\)[^\0]*$/, 'must be an absolute path, as in /home/ann/shop')
    .nullable()
    .default(null),
  /** Parts of paths of test files in the folder; without any, all files run. */
  files: z
    .array(
      z
        .string()
        .regex(/^[^-\0]/, 'must not begin with -')
        .max(4096),
    )
    .max(100)
    .default([]),
  /** Only tests whose title fits this regular expression. */
  grep: z.string().min(1).max(1000).nullable().default(null),
  /** Projects of the folder's configuration; without any, all of them. */
  projects: z.array(z.string().min(1).max(200)).max(50).default([]),
  /** Tests that run at once; null is as configured, without a configuration one. A profile is used by one at a time. */
  workers: z.int().min(1).max(16).nullable().default(null),
  /** How often Playwright repeats a test that failed, within the attempt; null is as configured, without a configuration never. */
  retries: z.int().min(0).max(10).nullable().default(null),
  /** Longest time of one test, ms; null is as configured, without a configuration 30 seconds. */
  test_timeout_ms: z.int().min(0).max(3_600_000).nullable().default(null),
  /** The run ends after so many failed tests; 0 runs all. */
  max_failures: z.int().min(0).max(10_000).default(0),
  /** Variables of the environment of the tests, as they are written here. */
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a variable name'), z.string().max(65_536))
    .default({}),
  headless: z.boolean().default(true),
  /** Which tests leave a trace, and which a screenshot. */
  trace: When.default('on_failure'),
  screenshot: When.default('on_failure'),
});
export type PlaywrightTestSpec = z.infer<typeof PlaywrightTestSpec>;

/** Where the run finds what is no part of the spec. */
export interface TestPlaces {
  /** The reporter by which the task hears of the tests, the configuration, and the folder of what tests write. */
  reporter: string;
  config: string;
  output: string;
}

const TRACES = { on: 'on', on_failure: 'retain-on-failure', off: 'off' } as const;

/**
 * Arguments of Playwright's program. A dry run shows the same ones.
 * @param hasProfile whether the tests share a profile, which one worker at a time can use
 */
export function testArguments(spec: PlaywrightTestSpec, hasProfile: boolean, places: TestPlaces): string[] {
  const workers = hasProfile ? 1 : (spec.workers ?? (spec.folder === null ? 1 : null));
  return [
    'test',
    ...(spec.folder === null ? [] : spec.files),
    `--config=${places.config}`,
    `--reporter=${places.reporter},html`,
    `--output=${places.output}`,
    ...(workers === null ? [] : [`--workers=${workers}`]),
    ...(spec.retries === null ? [] : [`--retries=${spec.retries}`]),
    ...(spec.test_timeout_ms === null ? [] : [`--timeout=${spec.test_timeout_ms}`]),
    `--trace=${TRACES[spec.trace]}`,
    // Nothing of the operator's folder is changed.
    '--update-snapshots=none',
    ...(spec.max_failures === 0 ? [] : [`--max-failures=${spec.max_failures}`]),
    ...(spec.grep === null ? [] : [`--grep=${spec.grep}`]),
    ...(spec.folder === null ? [] : spec.projects.map((name) => `--project=${name}`)),
  ];
}

/** Contract record of the kind. */
export const playwright_test = {
  title: 'Playwright tests',
  description: 'Runs Playwright Test files.',
  needsBrowser: true,
  runsIn: 'executor',
  spec: PlaywrightTestSpec,
  sources: {},
} as const satisfies CommandKindRecord;
