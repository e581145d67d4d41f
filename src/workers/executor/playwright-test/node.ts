/** The program that runs Playwright's runner and its workers, and where the files for it are. */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, sep } from 'node:path';
import { Failure } from '../failure.ts';

/** From here on Node.js has `module.registerHooks`. */
const OLDEST = { major: 22, minor: 15 };

/** Programs that are started cannot read an archive: what they need lies beside it. */
const unpacked = (path: string) => path.replace(`app.asar${sep}`, `app.asar.unpacked${sep}`);

/** Modules for Playwright's processes: sources, or what the build makes of them. */
export function insideFile(name: 'fixtures' | 'hooks' | 'reporter'): string {
  const fromSource = import.meta.filename.endsWith('.ts');
  const file = fromSource ? join('inside', `${name}.ts`) : join('..', 'playwright-test', `${name}.cjs`);
  return unpacked(join(import.meta.dirname, file));
}

/** Playwright's command line program. */
export const playwrightProgram = (): string =>
  unpacked(join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js'));

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const versionOf = (program: string) =>
  new Promise<string>((resolve) => {
    execFile(program, ['--version'], { timeout: 5000 }, (_error, stdout) => resolve(stdout.trim()));
  });

/** Whether a version as Node.js prints it is new enough. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
}

/**
 * Node.js: this process's own program, or in the desktop app, which is none, the one of the system.
 * @throws Failure `configuration-error` (non-retryable) that says what to install
 */
export async function findNode(desktop = process.versions.electron !== undefined, path = process.env.PATH ?? '') {
  if (!desktop) return process.execPath;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const found: string[] = [];
  for (const program of path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))) {
    if (!isRunnable(program)) continue;
    const version = await versionOf(program);
    if (isNewEnough(version)) return program;
    found.push(`${program} is ${version || 'no Node.js'}`);
  }
  const seen = found.length === 0 ? 'none is in the folders of PATH' : found.join('; ');
  throw new Failure(
    'configuration-error',
    `Playwright tests need Node.js ${OLDEST.major}.${OLDEST.minor} or newer, and ${seen}. Install it from your system's packages and start TabAgent again.`,
    { retryable: false, extra: { setting: 'PATH', reason: 'node' } },
  );
}
