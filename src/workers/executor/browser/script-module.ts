/** Loading a script: from its source to the function that it exports. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserSpec } from '../../../contract/automation/kinds/browser.ts';
import type { TextRedactor } from '../../../contract/kernel/redact/clip.ts';
import { Failure } from '../failure.ts';
import { writeInstead } from '../output/new-file.ts';
import type { Run } from '../run.ts';
import { detailOf, positionOf, type ScriptFile, scriptFailure } from './script-error.ts';

/** What loading a script needs of its attempt. */
type ScriptHome = Pick<Run, 'job' | 'redactor'>;

/** Function that a script exports. */
export type ScriptFunction = (api: object) => unknown;

/** Packages that scripts may import, and what they get; anything else must be a Node.js built-in. */
const PACKAGES: Record<string, string> = {
  playwright: 'playwright',
  'playwright-core': 'playwright',
  // `expect`; the test runner itself has no meaning here.
  '@playwright/test': 'playwright/test',
  'playwright/test': 'playwright/test',
};
/** Types only; `import { type Script } from 'tabagent'` leaves an empty import behind. */
const TYPES_ONLY = 'tabagent';

function invalid(detail: string, position: { line: number; column: number } | undefined, cause: unknown): Failure {
  return new Failure('script-invalid', detail, { retryable: false, extra: { ...position }, cause });
}

/** Position in the head that Node.js puts before the stack of a syntax error: name and line, the source line, a caret. */
function snippetPosition(text: string, names: readonly string[]): { line: number; column: number } | undefined {
  const lines = text.split('\n');
  const head = lines.findIndex((line) => names.some((name) => line.startsWith(`${name}:`)));
  const line = Number(/:(\d+)$/.exec(lines[head] ?? '')?.[1]);
  const caret = lines.slice(head).find((candidate) => /^\s*\^+\s*$/.test(candidate));
  return Number.isInteger(line) ? { line, column: (caret?.indexOf('^') ?? 0) + 1 } : undefined;
}

/** Takes the types off; positions stay the same. */
function javascriptOf(source: string, label: string, redactor: TextRedactor): string {
  try {
    // `sourceUrl` names the source in errors, but also in the result, where it would hide the file from stacks and traces.
    const text = stripTypeScriptTypes(source, { mode: 'strip', sourceUrl: label });
    return text.slice(0, text.lastIndexOf('//# sourceURL=')).trimEnd().concat('\n');
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? '') : '';
    const position = snippetPosition(text, [label]);
    throw invalid(
      `${label}${position ? `:${position.line}:${position.column}` : ''}: ${detailOf(error, redactor)}`,
      position,
      error,
    );
  }
}

/**
 * Finds the place of a syntax error, which the error of a dynamic import does not tell. First with the parser that takes off types,
 * then, for the few errors that only V8 reports, with `node --check`; the desktop app has no such program.
 */
async function syntaxPosition(javascript: string, label: string, runDir: string) {
  try {
    stripTypeScriptTypes(javascript, { mode: 'strip', sourceUrl: label });
  } catch (error) {
    return snippetPosition(error instanceof Error ? (error.stack ?? '') : '', [label]);
  }
  if (process.versions.electron !== undefined) return undefined;
  const path = join(runDir, 'script.check.mjs');
  await writeInstead(path, javascript);
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, ['--check', path], { timeout: 5000 }, (_error, _stdout, stderr) => resolve(stderr));
  });
  await rm(path, { force: true });
  return snippetPosition(output, [path, pathToFileURL(path).href]);
}

/** Makes `playwright` and the like resolvable from a folder that has no packages, and serves the script without its types. */
function installHooks(url: string, javascript: string): void {
  registerHooks({
    resolve(specifier, context, next) {
      if (context.parentURL === url) {
        if (specifier === TYPES_ONLY) return { url: 'data:text/javascript,export {}', shortCircuit: true };
        const target = Object.hasOwn(PACKAGES, specifier) ? PACKAGES[specifier] : undefined;
        if (target !== undefined) return next(target, { ...context, parentURL: import.meta.url });
      }
      return next(specifier, context);
    },
    load(loaded, context, next) {
      return loaded === url ? { format: 'module', source: javascript, shortCircuit: true } : next(loaded, context);
    },
  });
}

/** Errors of Node's module loader that the author of the script has to correct. */
const LOADER_ERRORS =
  /^ERR_(MODULE_NOT_FOUND|UNKNOWN_BUILTIN_MODULE|PACKAGE_PATH_NOT_EXPORTED|UNSUPPORTED_DIR_IMPORT|INVALID_MODULE_SPECIFIER|NETWORK_IMPORT_DISALLOWED|UNSUPPORTED_ESM_URL_SCHEME)$/;

async function importFailure(
  error: unknown,
  file: ScriptFile,
  javascript: string,
  { job, redactor }: ScriptHome,
): Promise<Failure> {
  const own = detailOf(error, redactor).replaceAll(file.url, file.label).replaceAll(file.path, file.label);
  if (error instanceof SyntaxError) {
    const position =
      snippetPosition(error.stack ?? '', [file.url, file.path]) ??
      positionOf(error.stack ?? '', file) ??
      (await syntaxPosition(javascript, file.label, job.run_dir));
    return invalid(`${file.label}${position ? `:${position.line}:${position.column}` : ''}: ${own}`, position, error);
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (LOADER_ERRORS.test(code)) {
    return invalid(`${own}. Scripts can import Node.js built-ins, playwright and @playwright/test.`, undefined, error);
  }
  return scriptFailure(error, file, undefined, false, redactor);
}

/** What the author of a script calls its file. */
export function scriptLabel({ language }: Pick<BrowserSpec, 'language'>): string {
  return language === 'typescript' ? 'script.ts' : 'script.mjs';
}

/**
 * Writes a script into the attempt's folder and imports it.
 * @throws Failure `script-invalid` (non-retryable) when it does not compile or has no default function, `script-error`
 *   when its top level throws
 */
export async function loadScript(
  spec: BrowserSpec,
  home: ScriptHome,
): Promise<{ run: ScriptFunction; file: ScriptFile }> {
  const typescript = spec.language === 'typescript';
  const label = scriptLabel(spec);
  const path = join(home.job.run_dir, typescript ? 'script.mts' : 'script.mjs');
  const file: ScriptFile = { url: pathToFileURL(path).href, path, label };
  await writeInstead(path, spec.script);
  const javascript = typescript ? javascriptOf(spec.script, label, home.redactor) : spec.script;
  installHooks(file.url, javascript);

  let module: { default?: unknown };
  try {
    module = await import(file.url);
  } catch (error) {
    throw await importFailure(error, file, javascript, home);
  }
  if (typeof module.default !== 'function') {
    const detail = `${label} has no default export that is a function: write \`export default async ({ page, input }) => { … }\`.`;
    throw invalid(detail, undefined, undefined);
  }
  // Checked to be callable; its parameters cannot be checked.
  return { run: module.default as ScriptFunction, file };
}
