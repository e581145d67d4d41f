/**
 * Loaded into Playwright's runner and each of its workers, before anything else: whoever imports `@playwright/test` gets the product's own
 * Playwright with the fixtures of the task, also where the folder of the tests has a copy of another version or none.
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { readTestJob } from './job.ts';

const fixtures = pathToFileURL(readTestJob().fixtures).href;
const TEST = new Set(['@playwright/test', 'playwright/test']);
const LIBRARY = new Set(['playwright', 'playwright-core']);
/** Playwright's own files ask for each other by these names too. */
const isPlaywright = (url: string | undefined) =>
  url !== undefined && /\/node_modules\/playwright(?:-core)?\//.test(url);
const withoutQuery = (url: string | undefined) => url?.replace(/\?.*$/s, '');

registerHooks({
  resolve(specifier, context, next) {
    const asker = withoutQuery(context.parentURL);
    if (asker === fixtures || isPlaywright(asker)) return next(specifier, context);
    if (TEST.has(specifier)) return { url: fixtures, shortCircuit: true };
    return LIBRARY.has(specifier) ? next(specifier, { ...context, parentURL: fixtures }) : next(specifier, context);
  },
});
