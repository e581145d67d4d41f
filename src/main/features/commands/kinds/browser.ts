import { stripTypeScriptTypes } from 'node:module';
import type { BrowserSpec } from '../../../../contract/automation/kinds/browser.ts';
import type { HostKind } from './kind.ts';

/** What Node throws for a script with a mistake; anything else means that its parser is broken and can check nothing more. */
const MISTAKES = new Set<unknown>(['ERR_INVALID_TYPESCRIPT_SYNTAX', 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX']);
/** Braces in the list of exports would make the search begin again at each of them. */
const DEFAULT_EXPORT = /\bexport\s+default\b|\bexport\s*\{[^{}]*\bas\s+default\b/;

/**
 * Says why a source does not compile, or null; runs nothing.
 * @throws Error when the parser is broken; its process has to end
 */
export function syntaxProblem(source: string): string | null {
  try {
    stripTypeScriptTypes(source, { mode: 'strip' });
    return null;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && MISTAKES.has(error.code))) throw error;
    return error.message.split('\n')[0] ?? 'does not compile';
  }
}

/** Says why a script cannot run, or null. Finds syntax errors and a missing default export. */
function scriptProblem(spec: BrowserSpec): string | null {
  const problem = syntaxProblem(spec.script);
  if (problem !== null) return problem;
  return DEFAULT_EXPORT.test(spec.script)
    ? null
    : 'has no default export; write export default async ({ page }) => { … }';
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
