/** What scripts import from `tabagent`: types, with Playwright's own filled in. */
import type { BrowserContext, Page } from 'playwright';
import {
  type BrowserScript as AnyBrowserScript,
  type ScriptApi as AnyScriptApi,
  browser as anyBrowser,
  type BrowserDefinition,
  type CommandDefinition,
  type Schema,
} from '../../contract/automation/builder.ts';
import type { JsonObject } from '../../contract/kernel/scalars.ts';

export type { FromSchema, ScriptArtifact, ScriptLog } from '../../contract/automation/builder.ts';

/**
 * Type of a script's default export.
 *
 * ```ts
 * import type { BrowserScript } from 'tabagent';
 * const script: BrowserScript<{ url: string }> = async ({ page, input, step }) => {
 *   await step('Open the page', () => page.goto(input.url));
 *   return { title: await page.title() };
 * };
 * export default script;
 * ```
 */
export type BrowserScript<Input = JsonObject, Output = unknown> = AnyBrowserScript<Input, Output, Page, BrowserContext>;

/** What a script is called with. */
export type ScriptApi<Input = JsonObject> = AnyScriptApi<Input, Page, BrowserContext>;

/** The builder of browser commands, with Playwright's types for a script that is given as a function. */
export const browser: <const S extends Schema = Schema>(
  definition: BrowserDefinition<S, Page, BrowserContext>,
) => CommandDefinition = anyBrowser;
