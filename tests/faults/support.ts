/** What fault tests share: how often they run, with which seeds, and the browser they need. */
import { existsSync } from 'node:fs';

/** The browser of the tests, null when there is none. */
export const browserPath: string | null =
  [process.env.TABAGENT_BROWSER, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
    (file): file is string => file !== undefined && existsSync(file),
  ) ?? null;

/** Says why tests with a browser are skipped. */
export function skipNotice(): void {
  if (browserPath === null) process.stdout.write('skipped: no browser found (set TABAGENT_BROWSER)\n');
}

/** True in `npm run faults`. */
export const long = process.env.TABAGENT_FAULTS === 'long';

/**
 * Seeds for the rounds of a test: `TABAGENT_SEED` repeats one round, else there are `short` or (in the long version) `many`. They are
 * printed, so that a failure can be repeated.
 */
export function seeds(short: number, many: number): number[] {
  const fixed = process.env.TABAGENT_SEED;
  const all =
    fixed === undefined
      ? Array.from({ length: long ? many : short }, () => Math.floor(Math.random() * 2 ** 31))
      : [Number(fixed)];
  process.stdout.write(`seeds: ${all.join(' ')}\n`);
  return all;
}
