/** The app on the stand-in: Node runs the built main process, Playwright joins its Chromium for the specs. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type DesktopApp, type InMain, root, until } from './driver.ts';

const REGISTER = new URL('./stand-in/register.ts', import.meta.url).href;

interface Answer {
  id: number;
  value?: unknown;
  error?: string;
}

/** Starts the main process under Node. */
export async function launchStandIn({
  args,
  env,
}: {
  args: string[];
  env: Record<string, string>;
}): Promise<DesktopApp> {
  const child = fork(join(root, 'out/main/index.js'), args, {
    cwd: root,
    env,
    execArgv: ['--enable-source-maps', '--import', REGISTER],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let told = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    told = (told + chunk).slice(-100_000);
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  child.on('message', ({ id, value, error }: Answer) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(error));
  });
  exited.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`the app has ended\n${told}`));
  });
  let nextId = 1;
  const ask = (source: string, arg: unknown) =>
    new Promise<unknown>((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      child.send({ id, source, arg }, (error) => {
        if (error) reject(new Error(`the app has ended\n${told}`));
      });
    });

  let browser: Browser | null = null;
  const page = async (): Promise<Page> => {
    await until(app, ({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.getURL().startsWith('app://panel'),
    );
    // A page that has crashed stays so for the connection that saw it.
    await browser?.close();
    browser = await chromium.connectOverCDP((await ask('endpoint', null)) as string, { noDefaults: true });
    const found = browser
      .contexts()
      .flatMap((context) => context.pages())
      .find((one) => one.url().startsWith('http://panel.localhost'));
    if (!found) throw new Error('the panel has no page');
    return found;
  };
  const app: DesktopApp = {
    kind: 'stand-in',
    pid: child.pid ?? 0,
    evaluate: <R, A>(run: InMain<A, R>, arg?: A) => ask(run.toString(), arg) as Promise<R>,
    page,
    release: async () => {
      await browser?.close();
      browser = null;
    },
    exited,
    stderr: () => told,
    kill: async () => {
      // It ends when its channel does, and Chromium with it, which would otherwise write into a removed folder.
      if (child.connected) child.disconnect();
      const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await exited;
      clearTimeout(force);
    },
  };
  return app;
}
