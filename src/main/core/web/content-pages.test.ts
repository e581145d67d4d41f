/** What the content origin answers: artifacts whose address was given out, the trace viewer on one of them, and nothing else. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manualClock } from '../../../../tests/support/core.ts';
import { createContentLinks } from './content-links.ts';
import { createContentPages } from './content-pages.ts';
import { artifactHeaders } from './content-policy.ts';

const ORIGIN = 'http://127.0.0.1:4000';
const BYTES = Buffer.from(Array.from({ length: 600_000 }, (_, index) => index % 251));
const clock = manualClock();
const links = createContentLinks(clock);
/** Media type of each artifact as a task, and so a site, has named it. */
const FILES: Record<string, { name: string; mime: string; file?: string }> = {
  art_trace: { name: 'trace "1"\r\nx: y.zip', mime: 'application/zip' },
  art_page: { name: 'page.html', mime: 'text/html' },
  art_drawing: { name: 'a.svg', mime: 'image/svg+xml' },
  art_script: { name: 'a.js', mime: 'text/javascript' },
  art_style: { name: 'a.css', mime: 'text/css; charset=x' },
  art_module: { name: 'a.mjs', mime: 'application/javascript' },
  art_wasm: { name: 'a.wasm', mime: 'application/wasm' },
  art_xhtml: { name: 'a.xhtml', mime: 'application/xhtml+xml' },
  art_shot: { name: 'shot.png', mime: 'image/png' },
  art_odd: { name: '\ud800/../x', mime: 'nonsense' },
  art_gone: { name: 'gone', mime: 'text/plain', file: 'gone' },
};
let dir = '';
let handle: (request: Request) => Promise<Response>;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tabagent-content-'));
  const viewerDir = join(dir, 'viewer');
  mkdirSync(viewerDir);
  mkdirSync(join(dir, 'viewer-secret'));
  for (const name of ['index.html', 'uiMode.html', 'snapshot.html'])
    writeFileSync(join(viewerDir, name), '<!doctype html>');
  writeFileSync(join(viewerDir, 'sw.bundle.js'), '');
  writeFileSync(join(dir, 'viewer-secret/key.txt'), 'secret');
  symlinkSync(join(dir, 'viewer-secret/key.txt'), join(viewerDir, 'link.txt'));
  writeFileSync(join(dir, 'bytes'), BYTES);
  handle = createContentPages({
    viewerDir,
    links,
    frames: () => 'http://127.0.0.1:8080',
    openContent: (id) => {
      const found = FILES[id];
      return found ? { ...found, root: dir, path: join(dir, found.file ?? 'bytes'), bytes: BYTES.length } : null;
    },
  });
});
afterAll(() => rmSync(dir, { recursive: true }));

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  handle(new Request(ORIGIN + path, { headers, method }));
const pathOf = (id: string) => links.pathOf({ id, name: FILES[id]?.name ?? 'x' }).path;

describe('an address of an artifact', () => {
  test('is the same for a while, so that a list that is read again loads nothing again, and ends', async () => {
    const path = pathOf('art_shot');
    clock.advance(60_000);
    expect(pathOf('art_shot')).toBe(path);
    expect((await get(path)).status).toBe(200);
    clock.advance(2 * 3_600_000);
    expect((await get(path)).status).toBe(404);
  });

  // Catches a proof that does not cover what it should: another artifact, a later end, another run of the host.
  test('opens that artifact and no other', async () => {
    const [, , , ticket = ''] = pathOf('art_shot').split('/');
    const [ends = '', proof = ''] = ticket.split('.');
    const later = (Number.parseInt(ends, 36) + 3_600_000).toString(36);
    const elsewhere = createContentLinks(clock).pathOf({ id: 'art_shot', name: 'x' }).path;
    for (const path of [
      `/artifacts/art_page/${ticket}/x`,
      `/artifacts/art_shot/${later}.${proof}/x`,
      `/artifacts/art_shot/${ends}.${'A'.repeat(43)}/x`,
      `/artifacts/art_shot/${ends}./x`,
      `/artifacts/art_shot/${ticket}`,
      '/artifacts/art_shot/content',
      elsewhere,
    ]) {
      expect((await get(path)).status, path).toBe(404);
    }
  });

  test('of a file that is gone is not found', async () => {
    expect((await get(pathOf('art_gone'))).status).toBe(404);
    expect((await get(links.pathOf({ id: 'art_none', name: 'x' }).path)).status).toBe(404);
  });
});

describe('an artifact', () => {
  test.each(
    Object.keys(FILES).filter((id) => id !== 'art_gone'),
  )('%s runs nothing, whatever its type says', async (id) => {
    const response = await get(pathOf(id), {}, 'HEAD');
    const type = response.headers.get('content-type') ?? '';
    expect(type).not.toMatch(/script|wasm|css|xhtml|zip/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    // Without it a recording that computes for ever does so in the panel's own process.
    expect(response.headers.get('origin-agent-cluster')).toBe('?1');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/; sandbox; frame-ancestors 'self' http:\/\/127\.0\.0\.1:8080$/);
    expect(policy).not.toMatch(/script-src|allow-/);
    if (type === 'application/octet-stream') expect(response.headers.get('content-disposition')).toMatch(/^attachment/);
  });

  test('has a name that cannot add headers', async () => {
    const response = await get(pathOf('art_trace'), {}, 'HEAD');
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="trace _1___x: y.zip"; filename*=UTF-8''trace%20%221%22%0D%0Ax%3A%20y.zip`,
    );
  });

  // Catches a page elsewhere that reads what it may only show, and a cached answer without the permission.
  test('may be read by the panel and by no other page', async () => {
    const allowed = async (origin: string) =>
      (await get(pathOf('art_trace'), { origin }, 'HEAD')).headers.get('access-control-allow-origin');
    expect(await allowed('http://127.0.0.1:8080')).toBe('http://127.0.0.1:8080');
    expect(await allowed('http://127.0.0.1:80')).toBeNull();
    expect(await allowed('null')).toBeNull();
    expect((await get(pathOf('art_trace'))).headers.get('vary')).toBe('origin');
  });

  // Catches a policy without a sandbox for anything but the one type that needs it, and a viewer that cannot open in a sandbox.
  test('that is a PDF file opens in the viewer of the browser; no other type gets its policy', () => {
    const policyOf = (mime: string) => {
      const headers = artifactHeaders({ name: 'x', mime }, "'self'");
      return [headers['content-type'], /; sandbox;/.test(headers['content-security-policy'] ?? '')];
    };
    expect(policyOf('application/pdf')).toEqual(['application/pdf', false]);
    expect(policyOf('application/pdf; x=text/html')).toEqual(['application/pdf', false]);
    expect(policyOf('application/pdf+xml')[1]).toBe(true);
    expect(policyOf('text/html')[1]).toBe(true);
  });

  test('comes whole', async () => {
    const response = await get(pathOf('art_trace'));
    expect(Buffer.from(await response.arrayBuffer()).equals(BYTES)).toBe(true);
  });

  test.each([
    ['bytes=0-99', 0, 99],
    ['bytes=599990-', 599_990, 599_999],
    ['bytes=-5', 599_995, 599_999],
    ['bytes=262100-524400', 262_100, 524_400],
  ])('comes in ranges (%s): videos need it', async (range, start, end) => {
    const response = await get(pathOf('art_trace'), { range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/${BYTES.length}`);
    expect(Buffer.from(await response.arrayBuffer()).equals(BYTES.subarray(start, end + 1))).toBe(true);
  });

  test('has no range outside of it, and takes one that is none for none', async () => {
    expect((await get(pathOf('art_trace'), { range: 'bytes=600000-' })).status).toBe(416);
    const whole = await get(pathOf('art_trace'), { range: 'lines=1-2' });
    expect(whole.status).toBe(200);
    await whole.body?.cancel();
  });
});

describe('the trace viewer', () => {
  const open = (trace: string) => get(`/trace-viewer/index.html?trace=${encodeURIComponent(trace)}`);

  test('opens a trace whose address was given out', async () => {
    const response = await open(pathOf('art_trace'));
    expect(response.status).toBe(200);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("connect-src 'self';");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe-eval|connect-src[^;]*(?:data|blob):/);
  });

  // Catches the drive-by link: a page elsewhere that sends a browser to the viewer with an archive of its own.
  test.each([
    'data:application/zip;base64,UEsFBg==',
    'https://evil.test/trace.zip',
    '//evil.test/trace.zip',
    'blob:http://127.0.0.1:4000/x',
    '/trace-viewer/index.html',
    '/artifacts/art_trace/x.y/z',
    '',
  ])('does not open %s', async (trace) => {
    expect((await open(trace)).status).toBe(404);
  });

  test('does not open without a trace, and has no other page of its maker', async () => {
    for (const page of ['index.html', '', 'uiMode.html']) expect((await get(`/trace-viewer/${page}`)).status).toBe(404);
  });

  // Catches a check of how the address is written instead of the file that it leads to.
  test.each([
    '/trace-viewer//index.html',
    '/trace-viewer/.%2findex.html',
    '/trace-viewer//uiMode.html',
    '/trace-viewer/x/..%2findex.html',
  ])('%s is the same page', async (path) => {
    expect([400, 404]).toContain((await get(path)).status);
  });

  // What the worker fetches is held by the policy that its own script came with.
  test('gives its service worker a policy', async () => {
    const response = await get('/trace-viewer/sw.bundle.js');
    expect(response.headers.get('content-type')).toContain('text/javascript');
    expect(response.headers.get('content-security-policy')).toContain("connect-src 'self';");
  });

  test.each([
    '/trace-viewer/../viewer-secret/key.txt',
    '/trace-viewer/%2e%2e/viewer-secret/key.txt',
    '/trace-viewer/..%2fviewer-secret%2fkey.txt',
    '/trace-viewer/%2e%2e%5cviewer-secret%5ckey.txt',
    '/trace-viewer/link.txt',
    '/trace-viewer//etc/passwd',
    '/trace-viewer/index.html%00.js',
    '/trace-viewer/%E0%A4%A',
  ])('%s reaches nothing', async (path) => {
    const response = await get(path);
    expect([400, 404]).toContain(response.status);
    expect(await response.text()).not.toContain('secret');
  });
});

test.each([
  '/',
  '/v1/health',
  '/panel/',
  '/rpc',
  '/index.html',
  '/metrics',
])('%s is not there: no API, no panel', async (path) => {
  expect((await get(path)).status).toBe(404);
  expect((await get(path, {}, 'POST')).status).toBe(405);
});
