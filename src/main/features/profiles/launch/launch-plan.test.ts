/** Launch plans in a real Chromium: what a site sees, what the browser inherits, and when the lease ends. */
import fs from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXECUTOR, openTaskHost, type TaskHost } from '../../../../../tests/support/tasks.ts';
import { ProfileCreate } from '../../../../contract/automation/profiles.ts';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import { readChromeLock } from './chrome-lock.ts';

/** Reports what a page and a worker of it can know about their browser. */
const PAGE = `<!doctype html><script>
const facts = () => ({ agent: navigator.userAgent, language: navigator.language, languages: navigator.languages,
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone, locale: Intl.DateTimeFormat().resolvedOptions().locale,
  offset: new Date(2026, 6, 1).getTimezoneOffset() });
const is = (query) => matchMedia(query).matches;
const worker = new Worker(URL.createObjectURL(new Blob(['postMessage((' + facts + ')())'])));
worker.onmessage = async ({ data }) => {
  const box = document.createElement('div');
  box.style = 'width: 100px; height: 100px; overflow: scroll';
  document.body.append(box);
  const hints = await navigator.userAgentData?.getHighEntropyValues(['platform', 'platformVersion', 'fullVersionList', 'architecture']);
  const seen = { page: facts(), worker: data, hints, driven: navigator.webdriver, platform: navigator.platform,
    window: { inner: [innerWidth, innerHeight], outer: [outerWidth, outerHeight], ratio: devicePixelRatio },
    screen: [screen.width, screen.height, screen.availWidth, screen.availHeight], scrollbar: box.offsetWidth - box.clientWidth,
    dark: is('(prefers-color-scheme: dark)'), light: is('(prefers-color-scheme: light)'), calm: is('(prefers-reduced-motion: reduce)'),
    contrast: is('(prefers-contrast: more)'), forced: is('(forced-colors: active)'), mouse: [is('(hover: hover)'), is('(pointer: fine)')],
    wide: is('(color-gamut: p3)'), plugins: navigator.plugins.length, permission: Notification.permission };
  await fetch('/seen', { method: 'POST', body: JSON.stringify(seen) });
  document.title = 'told';
};
</script><body>`;

interface Seen {
  page: { agent: string; language: string; languages: string[]; zone: string; offset: number };
  worker: Seen['page'];
  window: { inner: number[]; outer: number[] };
  dark: boolean;
  light: boolean;
  headers: Record<string, string>;
}

/** A site on loopback that keeps what its visitors tell. */
async function startSite() {
  const { promise: first, resolve } = Promise.withResolvers<Seen>();
  let headers: Record<string, unknown> = {};
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      let body = '';
      for await (const chunk of request) body += chunk;
      resolve({ ...JSON.parse(body), headers });
    } else if (request.url === '/') {
      headers = Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => /^(user-agent|accept-language|sec-ch-.*)$/.test(name)),
      );
      response.setHeader('content-type', 'text/html');
      response.write(PAGE);
    }
    response.end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`,
    seen: first,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

let host: TaskHost;
beforeEach(() => {
  host = openTaskHost({ executor: EXECUTOR });
});
afterEach(() => host.dispose());

const profileWith = (over: Record<string, unknown> = {}) =>
  host.profileService.create(ProfileCreate.parse({ name: 'Anna', ...over }));

async function seenByHand(id: ProfileId): Promise<Seen> {
  await using site = await startSite();
  await host.profileService.start(id, { headless: true, urls: [site.url] });
  const seen = await site.seen;
  await host.profileService.stop(id, false);
  return seen;
}

async function seenByTask(id: ProfileId): Promise<Seen> {
  await using site = await startSite();
  const script = `export default async ({ page, input }) => {
    await page.goto(input.url);
    await page.waitForFunction(() => document.title === 'told');
  }`;
  const spec = { script, headless: true, trace: 'off', screenshot: 'off' };
  const command = await host.command({ kind: 'browser', spec });
  const task = await host.run(command, [], { input: { url: site.url }, profile_id: id });
  const end = await host.ends(task.id, 60);
  expect(end).toMatchObject({ status: 'succeeded' });
  return site.seen;
}

describe('a site sees the same by hand and by a task', () => {
  // Would catch: a setting that only one of the two starts applies, or emulation of the driver over the browser's own settings.
  test.each([
    {
      settings: {
        locale: 'fr-CH',
        timezone: 'Asia/Tokyo',
        user_agent: 'Mozilla/5.0 (Test) Profile/1',
        window: { width: 1111, height: 777 },
        color_scheme: 'dark' as const,
      },
      offset: -540,
    },
    {
      settings: {
        locale: 'ja',
        timezone: 'America/Sao_Paulo',
        user_agent: 'Mozilla/5.0 (Test) Profile/2',
        window: { width: 640, height: 900 },
        color_scheme: 'light' as const,
        launch_args: ['--force-dark-mode'],
      },
      offset: 180,
    },
  ])('$settings.locale', async ({ settings, offset }) => {
    await host.tasks.start();
    const { id } = profileWith(settings);
    const manual = await seenByHand(id);
    expect(await seenByTask(id)).toEqual(manual);

    const { locale, timezone, user_agent, window, color_scheme } = settings;
    const facts = { agent: user_agent, language: locale, languages: [locale], zone: timezone, offset };
    expect(manual.page).toMatchObject(facts);
    expect(manual.worker).toMatchObject(facts);
    expect(manual.window.outer).toEqual([window.width, window.height]);
    expect([manual.dark, manual.light]).toEqual([color_scheme === 'dark', color_scheme === 'light']);
    expect(manual.headers['user-agent']).toBe(user_agent);
    expect(manual.headers['accept-language']?.split(',')[0]).toBe(locale);
  }, 90_000);
});

// Would catch: credentials of the operator's account handed to every page that escapes the browser's sandbox.
test.runIf(process.platform === 'linux')(
  'a browser opened by hand inherits no secret of the host',
  async () => {
    process.env.TABAGENT_TEST_SECRET = 'hunter2';
    try {
      const { id } = profileWith({ timezone: 'Asia/Tokyo' });
      await host.profileService.start(id, { headless: true });
      const lock = readChromeLock(host.profileService.folder(id));
      if (lock.state !== 'live') throw new Error('no browser has the folder');
      const environment = fs.readFileSync(`/proc/${lock.pid}/environ`, 'utf8').split('\0');
      expect(environment).toContain('TZ=Asia/Tokyo');
      expect(environment.join()).not.toMatch(/hunter2|TABAGENT_TEST_SECRET/);
      await host.profileService.stop(id, false);
    } finally {
      delete process.env.TABAGENT_TEST_SECRET;
    }
  },
  60_000,
);

describe('the lease of a plan', () => {
  const holder = { kind: 'task', id: 'tsk_1' } as const;
  const request = () => ({ headless: true, tempDir: host.dir });

  test('is shared with manual starts: the second of two is refused and told who has the profile', async () => {
    const { id } = profileWith();
    const plan = await host.profileService.plan(id, holder, request());
    await expect(host.profileService.start(id, { headless: true })).rejects.toMatchObject({
      slug: 'conflict',
      extra: { holder },
    });
    await plan.release();
  });

  // Would catch: two callers that both pass the check while the browser program is looked for.
  test('is taken before anything is awaited: of two plans at once one gets the profile', async () => {
    const { id } = profileWith();
    const plans = await Promise.allSettled(
      [1, 2].map((n) => host.profileService.plan(id, { kind: 'task', id: `tsk_${n}` }, request())),
    );
    expect(plans.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  test.each([
    ['the program of the plan is missing', '/no/such/browser', 'browser-not-found'],
    ['the program ends at once', '/bin/false', 'browser-failed'],
  ])('ends exactly once when %s', async (_name, executable_path, slug) => {
    const { id } = profileWith({ executable_path });
    const freed: ProfileId[] = [];
    host.profileService.onFree((free) => freed.push(free));
    await expect(host.profileService.start(id, { headless: true })).rejects.toMatchObject({ slug });
    expect(freed).toEqual([id]);
    expect(host.profileService.get(id)).toMatchObject({ state: 'stopped', holder: null });
  });

  // Would catch: a late second release that takes the profile away from its next holder.
  test('released again, it does not end the lease of the next holder', async () => {
    const { id } = profileWith();
    const first = await host.profileService.plan(id, holder, request());
    await first.release();
    await host.profileService.plan(id, { kind: 'task', id: 'tsk_2' }, request());
    await first.release();
    expect(host.profileService.get(id).holder).toMatchObject({ id: 'tsk_2' });
  });

  test('a plan without a profile has an empty folder of its own, which is gone after the release', async () => {
    const plan = await host.profileService.plan(null, holder, request());
    expect(plan).toMatchObject({ settings: null, proxy: null, userDataDir: path.join(host.dir, 'profile') });
    expect(fs.readdirSync(plan.userDataDir)).toEqual([]);
    await plan.release();
    expect(fs.existsSync(plan.userDataDir)).toBe(false);
  });

  test('a plan keeps the settings that a task was made with, although the profile has changed since', async () => {
    const { id } = profileWith({ timezone: 'Asia/Tokyo' });
    const settings = host.profileService.snapshot(id);
    host.profileService.update(id, { timezone: 'Europe/Paris' }, {});
    const plan = await host.profileService.plan(id, holder, { ...request(), settings });
    expect(plan.env.TZ).toBe('Asia/Tokyo');
    await plan.release();
  });
});
