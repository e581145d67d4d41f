/** What the tests of an attempt are told: in a private file of the attempt, whose path is in the environment, because the input may hold secrets. */
import { readFileSync } from 'node:fs';

/** Environment variable with the path of the file. */
export const TEST_JOB_ENV = 'TABAGENT_TEST_JOB';

/** Contents of the file. */
export interface TestJob {
  /** Module that stands for `@playwright/test`. */
  fixtures: string;
  input: Record<string, unknown>;
  screenshot: 'on' | 'only-on-failure' | 'off';
  /** How the browser is started. */
  launch: { executablePath: string; args: string[]; env: Record<string, string>; headless: boolean };
  /** Proxy of the browser, for requests that tests make without it. */
  proxy: { server: string; bypass?: string } | null;
  /** Folder of the profile and what of it Playwright has to emulate; null when tests get contexts of their own. */
  profile: { folder: string; options: Record<string, unknown> } | null;
}

/** Reads the file; what is in it was written by the executor. */
export const readTestJob = (): TestJob => JSON.parse(readFileSync(process.env[TEST_JOB_ENV] ?? '', 'utf8')) as TestJob;
