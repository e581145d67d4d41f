/**
 * What every test of the panel gets: a signed-in page on a real host, and a watch over everything that must never happen
 * (a console error, a page error, a violation of the content security policy, a request to somewhere else).
 */
import { test as base, type ConsoleMessage, expect, type Page, type Request } from '@playwright/test';
import type { Api } from './api.ts';
import { startHost, type TestHost } from './host.ts';

/** Notes what must never happen; the test fails at its end when something was noted. */
export interface Watch {
  /** Errors that match are part of what the test does, such as a socket that breaks because the host was killed. */
  allow(pattern: RegExp): void;
}

interface TestFixtures {
  /** True: a host for this test alone, empty at its start. */
  fresh: boolean;
  /** Folder of models: a fresh host for this test, whose engine says what it is ordered to. */
  scripted: string | null;
  host: TestHost;
  api: Api;
  watch: Watch;
}

interface WorkerFixtures {
  /** The host that tests of one worker share; started with the first test that needs it. */
  sharedHost: () => Promise<TestHost>;
}

export { expect };

export const test = base.extend<TestFixtures, WorkerFixtures>({
  // A request that leaves this machine fails here already, whatever the watch sees.
  launchOptions: [
    async ({ launchOptions }, use) => {
      const offline = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';
      await use({ ...launchOptions, args: [...(launchOptions.args ?? []), offline] });
    },
    { scope: 'worker' },
  ],
  sharedHost: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern.
    async ({}, use) => {
      let host: Promise<TestHost> | undefined;
      await use(() => {
        host ??= startHost();
        return host;
      });
      await (await host)?.stop();
    },
    { scope: 'worker' },
  ],
  fresh: [false, { option: true }],
  scripted: [null, { option: true }],
  host: async ({ fresh, scripted, sharedHost }, use) => {
    const own = fresh || scripted !== null;
    const host = own ? await startHost(scripted ?? undefined) : await sharedHost();
    await use(host);
    if (own) await host.stop();
  },
  api: async ({ host }, use) => use(await host.api()),
  baseURL: async ({ host }, use) => use(host.url),
  storageState: async ({ host }, use) => use(await host.session()),
  watch: [
    async ({ context, host }, use) => {
      const problems: string[] = [];
      const allowed: RegExp[] = [];
      const note = (problem: string) => {
        if (!allowed.some((pattern) => pattern.test(problem))) problems.push(problem);
      };
      const content = await host.contentUrl();
      const ours = (url: string) =>
        new URL(url).host === new URL(host.url).host ||
        /^\/(?:artifacts|trace-viewer)\//.test(url.replace(content, ''));
      const foreign = (url: string) => {
        if (!/^(data|blob|about|devtools):/.test(url) && !ours(url)) note(`request to another origin: ${url}`);
      };
      // A recorded page in the trace viewer that would focus a field, in a frame of another origin than the panel.
      allowed.push(/Blocked autofocusing on a <\w+> element in a cross-origin subframe/);
      await context.exposeBinding('noteViolation', (_source, text: string) => note(`CSP violation: ${text}`));
      await context.addInitScript(() =>
        document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
          (globalThis as unknown as { noteViolation(text: string): void }).noteViolation(
            `${violatedDirective} ${blockedURI}`,
          ),
        ),
      );
      context.on('console', (message: ConsoleMessage) => {
        if (message.type() === 'error' || /content security policy/i.test(message.text()))
          note(`console: ${message.text()} (${message.location().url})`);
      });
      context.on('weberror', (error) => note(`page error: ${error.error().stack ?? error.error().message}`));
      context.on('request', (request: Request) => foreign(request.url()));
      context.on('page', (page: Page) => page.on('websocket', (socket) => foreign(socket.url())));
      await use({ allow: (pattern) => void allowed.push(pattern) });
      expect(problems, 'what must never happen').toEqual([]);
    },
    { auto: true },
  ],
});

/** Opens a screen and waits until it is drawn. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(`/panel/#${path}`);
  await expect(page.getByRole('main').getByTestId('screen')).toBeVisible();
}
