import { stripTypeScriptTypes } from 'node:module';
import type { BrowserSpec } from '../../../../contract/automation/kinds/browser.ts';
import type { HostKind } from './kind.ts';

/** Says why a script cannot run, or null. Finds syntax errors and a missing default export without running anything. */
function scriptProblem(spec: BrowserSpec): string | null {
  try {
    stripTypeScriptTypes(spec.script, { mode: 'strip' });
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? 'does not compile') : String(error);
  }
  if (!/\bexport\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b/.test(spec.script)) {
    return 'has no default export; write export default async ({ page }) => { … }';
  }
  return null;
}

/** A script gets its input as an argument instead of through templates, so a dry run shows the input beside it. */
export const browser: HostKind<'browser'> = {
  templates: null,
  exposed: () => ({ parts: [], allowed: false }),
  files: () => [],
  preview(spec, { input, hasProfile }) {
    const problem = scriptProblem(spec);
    return {
      errors: problem === null ? [] : [{ path: 'spec.script', message: problem }],
      warnings: hasProfile ? [] : ['Runs in a temporary profile: no profile is chosen.'],
      shown: { input },
    };
  },
};
