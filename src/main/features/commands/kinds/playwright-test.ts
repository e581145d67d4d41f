import { type PlaywrightTestSpec, testArguments } from '../../../../contract/automation/kinds/playwright-test.ts';
import { syntaxProblem } from './browser.ts';
import type { HostKind, SpecIssue } from './kind.ts';

/** Both ways to import `test`; a file without one has no tests. */
const IMPORTS_TEST = /(?:from|require\()\s*['"](?:@playwright|playwright)\/test['"]/;

/** Says why Playwright could not read a text as a regular expression, `/…/i` or the bare pattern, or null. */
function patternProblem(text: string): string | null {
  const [, pattern, flags] = /^\/(.*)\/([gi]*)$/.exec(text) ?? [];
  try {
    new RegExp(pattern ?? text, flags ?? 'gi');
    return null;
  } catch (error) {
    const why = error instanceof Error ? error.message.split(': ').at(-1) : String(error);
    return `is no regular expression: ${why}; put a \\ before a character that stands for itself`;
  }
}

function patternIssues({ folder, files, grep }: PlaywrightTestSpec): SpecIssue[] {
  const patterns = [
    ...(grep === null ? [] : [{ path: 'spec.grep', text: grep }]),
    // A file can end in the line of a test.
    ...(folder === null
      ? []
      : files.map((text, n) => ({ path: `spec.files.${n}`, text: text.replace(/(:\d+){1,2}$/, '') }))),
  ];
  return patterns.flatMap(({ path, text }) => {
    const message = patternProblem(text);
    return message === null ? [] : [{ path, message }];
  });
}

function scriptIssues(spec: PlaywrightTestSpec): SpecIssue[] {
  if (spec.folder !== null) return [];
  if (spec.script.trim() === '') return [{ path: 'spec.script', message: 'is empty; write a test or name a folder' }];
  const problem = syntaxProblem(spec.script);
  if (problem !== null) return [{ path: 'spec.script', message: problem }];
  return IMPORTS_TEST.test(spec.script)
    ? []
    : [{ path: 'spec.script', message: "has no tests; begin with import { test, expect } from '@playwright/test'" }];
}

/** Tests read their input as a fixture and from files and variables, so there is nothing to fill in. */
export const playwright_test: HostKind<'playwright_test'> = {
  templates: null,
  exposed: () => ({ parts: [], allowed: false }),
  files: () => [],
  preview(spec, { input, hasProfile }) {
    const alone = hasProfile && (spec.workers ?? 1) > 1;
    return {
      errors: [...scriptIssues(spec), ...patternIssues(spec)],
      warnings: [
        ...(hasProfile ? [] : ['Each test gets a new browser context: no profile is chosen.']),
        ...(alone ? ['Tests in a profile run one after another, whatever the number of workers.'] : []),
      ],
      shown: {
        input,
        argv: ['playwright', ...testArguments(spec, hasProfile, { reporter: '…', config: '…', output: '…' })],
      },
    };
  },
};
