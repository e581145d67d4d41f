/** Stands for `@playwright/test`: the same, with `browser`, `context` and `page` in the profile of the task, and its input as a fixture. */
import type { Browser, BrowserContext } from 'playwright';
import { test as base, type PlaywrightTestOptions } from 'playwright/test';
import { readTestJob } from './job.ts';

export * from 'playwright/test';

const job = readTestJob();

/** Options of a test that concern what it talks to. What pages see of the browser is the profile's. */
const KEPT = [
  ...['baseURL', 'extraHTTPHeaders', 'httpCredentials', 'ignoreHTTPSErrors', 'bypassCSP', 'javaScriptEnabled'],
  ...['serviceWorkers', 'permissions', 'geolocation', 'offline', 'clientCertificates', 'acceptDownloads'],
];
/** The rest is named, because Playwright fills in the options of a test for what is not. */
const OF_THE_PROFILE = {
  ...{ viewport: undefined, locale: undefined, timezoneId: undefined, userAgent: undefined, screen: undefined },
  ...{ deviceScaleFactor: undefined, isMobile: undefined, hasTouch: undefined, storageState: undefined },
  ...{ proxy: undefined, colorScheme: null, reducedMotion: null, forcedColors: null, contrast: null },
};

type Options = Record<string, unknown>;
const keptOf = (options: Options): Options =>
  Object.fromEntries(KEPT.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));

/** The one browser of a worker. It is started anew only for tests that want other options. */
interface ProfileBrowser {
  open(options: Options): Promise<BrowserContext>;
  /** The browser that is open, or a new one; from here on it cannot be started anew. */
  browser(options: Options): Promise<Browser>;
}

const CANNOT_RESTART =
  'This test wants other options, such as a base URL, than the browser of the profile was started with, and a test of the same worker has it as `browser`. Put the options into the configuration of the project.';

const launch = { ...job.launch, chromiumSandbox: true };

const test = base.extend<
  { input: TestInput; _combinedContextOptions: Options },
  { _profileBrowser: ProfileBrowser | null; _browserOptions: unknown }
>({
  input: [job.input, { option: true }],
  // A default that a configuration replaces, which the types of an override do not know.
  screenshot: [job.screenshot, { scope: 'worker', option: true }] as unknown as typeof job.screenshot,
  // `request` has no browser whose proxy it could share.
  proxy: [job.proxy ?? undefined, { option: true }] as unknown as NonNullable<typeof job.proxy>,
  _profileBrowser: [
    async ({ playwright }, use) => {
      const { profile } = job;
      if (profile === null) return use(null);
      const held: { key: string; context: BrowserContext }[] = [];
      let given = false;
      async function open(options: Options): Promise<BrowserContext> {
        const key = JSON.stringify(options);
        const [now] = held;
        const isAlive = now?.context.browser()?.isConnected() ?? false;
        if (isAlive && now?.key === key) return now.context;
        if (isAlive && given) throw new Error(CANNOT_RESTART);
        await held.pop()?.context.close();
        const all = { ...OF_THE_PROFILE, ...profile?.options, ...options, ...launch };
        const context = await playwright.chromium.launchPersistentContext(profile?.folder ?? '', all as object);
        held.push({ key, context });
        return context;
      }
      await use({
        open,
        async browser(options) {
          const context = held[0]?.context ?? (await open(options));
          given = true;
          return context.browser() as Browser;
        },
      });
      await held[0]?.context.close();
    },
    { scope: 'worker', timeout: 0, box: true },
  ],
  // Whatever browser a project asks for: the task has this one.
  browser: [
    async ({ playwright, _profileBrowser, _browserOptions: _ }, use, { project }) => {
      if (_profileBrowser === null) {
        const browser = await playwright.chromium.launch(launch);
        await use(browser);
        await browser.close();
        return;
      }
      await use(await _profileBrowser.browser(keptOf(project.use as Partial<PlaywrightTestOptions>)));
    },
    { scope: 'worker', timeout: 0 },
  ],
  ...(job.profile === null
    ? {}
    : {
        context: async (
          { _profileBrowser, _combinedContextOptions: options, actionTimeout, navigationTimeout }: ContextParts,
          use: (context: BrowserContext) => Promise<void>,
        ) => {
          if (_profileBrowser === null) throw new Error('There is a profile without a browser.');
          const context = await _profileBrowser.open(keptOf(options));
          context.setDefaultTimeout(actionTimeout);
          context.setDefaultNavigationTimeout(navigationTimeout);
          const before = context.pages();
          await use(context);
          // The profile stays, the pages of a test do not. One is left open, or the browser would close.
          const pages = context.pages().filter((page) => !before.includes(page));
          await Promise.all(pages.map((page) => page.close()));
        },
      }),
});

/** The input of the task. Its members are what the command's schema says, which no compiler can know here. */
// biome-ignore lint/suspicious/noExplicitAny: tests read `input.url` without a cast, as scripts do.
type TestInput = Record<string, any>;
interface ContextParts {
  _profileBrowser: ProfileBrowser | null;
  _combinedContextOptions: Options;
  actionTimeout: number;
  navigationTimeout: number;
}

export { test };
// biome-ignore lint/style/noDefaultExport: as the module that this one stands for.
export default test;
