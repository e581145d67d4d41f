import { describe, expect, test } from 'vitest';
import { autostartEntry, autostartFile, startCommand } from './desktop/autostart-entry.ts';
import { menuTemplate } from './desktop/menu.ts';
import { summarize, summaryText } from './desktop/queue-summary.ts';
import { parseOptions } from './options.ts';
import { isPanelPage, isPanelUrl } from './panel/panel-url.ts';
import { createCrashPolicy } from './window/crash-policy.ts';
import { judgeLink } from './window/external-links.ts';

describe('addresses', () => {
  test.each([
    'app://panel.evil/',
    'app://panel@evil/',
    'http://panel/',
    'app:panel/',
    'app://user@panel/',
    'file:///panel',
  ])('%s is not ours', (url) => expect(isPanelUrl(url)).toBe(false));

  test('only the page itself gets a port, not what lies beside it', () => {
    expect(isPanelPage('app://panel/index.html#/tasks')).toBe(true);
    expect(isPanelPage('app://panel/trace-viewer/index.html')).toBe(false);
    expect(isPanelPage('app://panel/v1/artifacts/art_x/content')).toBe(false);
  });

  test.each([
    ['https://tabagent.dev/docs', 'open'],
    ['https://example.com/', 'ask'],
    ['https://tabagent.dev.evil.com/', 'ask'],
    ['https://trusted.example/', 'open'],
    ['http://127.0.0.1:8080/swagger-ui/', 'open'],
    ['http://127.0.0.1:9999/', 'refuse'],
    ['http://example.com/', 'refuse'],
    ['https://tabagent.dev@evil.com/', 'refuse'],
    ['file:///etc/passwd', 'refuse'],
    ['javascript:alert(1)', 'refuse'],
    ['ms-settings:privacy', 'refuse'],
    ['smb://share/x', 'refuse'],
    ['not an address', 'refuse'],
  ])('%s: %s', (url, verdict) => {
    expect(judgeLink(url, 'http://127.0.0.1:8080', new Set(['trusted.example']))).toBe(verdict);
  });

  test('nothing on this computer is opened while the API is closed', () => {
    expect(judgeLink('http://127.0.0.1:8080/', null, new Set())).toBe('refuse');
  });
});

describe('crashes', () => {
  test('are answered more slowly, then by a question: a page that cannot start must not flicker for ever', () => {
    let now = 0;
    const policy = createCrashPolicy(() => now);
    expect(policy.crashed()).toEqual({ action: 'reload', delayMs: 100 });
    expect(policy.crashed()).toEqual({ action: 'reload', delayMs: 1000 });
    expect(policy.crashed()).toEqual({ action: 'ask' });
    policy.reset();
    expect(policy.crashed().action).toBe('reload');
    now += 61_000;
    expect(policy.crashed()).toEqual({ action: 'reload', delayMs: 100 });
  });
});

describe('the command line', () => {
  test('takes both spellings beside switches of Chromium and deep links', () => {
    const argv = [
      '.',
      '--no-sandbox',
      '--hidden',
      '--data-dir',
      '/d',
      '--port=0',
      '--remote-debugging-port=1',
      'tabagent://tasks',
    ];
    expect(parseOptions(argv)).toEqual({
      hidden: true,
      flags: { dataDir: '/d', host: undefined, port: '0', logLevel: undefined },
    });
  });

  test('says which value is missing', () => {
    expect(() => parseOptions(['--port', '--hidden'])).toThrow('--port needs a value.');
  });
});

describe('start at login on Linux', () => {
  test('lies where the desktop looks', () => {
    expect(autostartFile({}, '/home/a')).toBe('/home/a/.config/autostart/tabagent.desktop');
    expect(autostartFile({ XDG_CONFIG_HOME: '/c' }, '/home/a')).toBe('/c/autostart/tabagent.desktop');
  });

  test('names the AppImage, not the folder it is mounted on until it ends', () => {
    expect(startCommand('/tmp/.mount_x/tabagent', { APPIMAGE: '/home/a/TabAgent.AppImage' }, true, '/x')).toEqual([
      '/home/a/TabAgent.AppImage',
      '--hidden',
    ]);
  });

  test('quotes paths: a blank, a dollar or a percent sign would start something else', () => {
    expect(autostartEntry(['/opt/my $app/50%', '--hidden'])).toContain('Exec="/opt/my \\\\$app/50%%" "--hidden"');
  });
});

describe('the tray', () => {
  test('counts what is under way, what will start and what went wrong', () => {
    const counts = {
      scheduled: 1,
      queued: 2,
      running: 3,
      waiting: 4,
      retrying: 5,
      succeeded: 6,
      failed: 7,
      cancelled: 8,
    };
    const rest = { timed_out: 9, interrupted: 10, dead: 11 };
    const summary = summarize({ counts: { ...counts, ...rest }, paused: true } as unknown as Parameters<
      typeof summarize
    >[0]);
    expect(summary).toEqual({ running: 3, waiting: 12, failed: 37, paused: true });
    expect(summaryText(summary)).toBe('3 running · 12 waiting · 37 failed');
  });
});

describe('the menu', () => {
  const actions = {
    go: () => undefined,
    openLogs: () => undefined,
    quit: () => undefined,
  };
  const labels = (platform: NodeJS.Platform, packaged: boolean) =>
    JSON.stringify(menuTemplate(actions, { platform, packaged }));

  test('has the application menu on macOS only, and developer tools only while developing', () => {
    expect(labels('darwin', true)).toContain('hideOthers');
    expect(labels('linux', true)).not.toContain('hideOthers');
    expect(labels('linux', true)).not.toContain('toggleDevTools');
    expect(labels('linux', false)).toContain('toggleDevTools');
  });

  // Would catch: a Help item that leads out of the program, which works offline.
  test('opens the guide of the panel', () => {
    const went: string[] = [];
    const template = menuTemplate(
      { ...actions, go: (route) => went.push(route) },
      { platform: 'linux', packaged: true },
    );
    const items = template.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
    (items.find(({ id }) => id === 'open-help')?.click as (() => void) | undefined)?.();
    expect(went).toEqual(['/help']);
  });

  test('has one item per accelerator: a second one would never be reached', () => {
    const found = [...labels('linux', false).matchAll(/"accelerator":"([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(found).size).toBe(found.length);
  });
});
