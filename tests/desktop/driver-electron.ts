/** The app in a real Electron, through Playwright. */
import { once } from 'node:events';
import { join } from 'node:path';
import { _electron } from 'playwright-core';
import { type DesktopApp, type InMain, root } from './driver.ts';

/** Starts Electron with the recorder. */
export async function launchElectron(
  executablePath: string,
  { args, env }: { args: string[]; env: Record<string, string> },
): Promise<DesktopApp> {
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const app = await _electron.launch({
    executablePath,
    args: ['-r', join(root, 'tests/desktop/recorder-electron.cjs'), ...(asRoot ? ['--no-sandbox'] : []), root, ...args],
    env,
  });
  const child = app.process();
  let told = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    told = (told + chunk).slice(-100_000);
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  return {
    kind: 'electron',
    pid: child.pid ?? 0,
    evaluate: <R, A>(run: InMain<A, R>, arg?: A) => app.evaluate(run as never, arg as never) as Promise<R>,
    page: () => app.firstWindow(),
    // Playwright's own connection to Electron looks at no other targets.
    release: async () => undefined,
    exited,
    stderr: () => told,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
