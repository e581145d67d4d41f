import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPanelProtocol } from './panel-protocol.ts';

let dir = '';
let handle: (request: Request) => Promise<Response>;
const BYTES = Buffer.from(Array.from({ length: 600_000 }, (_, index) => index % 251));

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tabagent-protocol-'));
  const rendererDir = join(dir, 'renderer');
  mkdirSync(join(rendererDir, 'assets'), { recursive: true });
  mkdirSync(join(rendererDir, 'trace-viewer'));
  mkdirSync(join(dir, 'renderer-secret'));
  writeFileSync(join(rendererDir, 'index.html'), '<!doctype html>');
  writeFileSync(join(rendererDir, 'assets/main-a1B2c3D4.js'), 'export {}');
  writeFileSync(join(rendererDir, 'trace-viewer/index.html'), '<!doctype html>');
  writeFileSync(join(dir, 'renderer-secret/key.txt'), 'secret');
  symlinkSync(join(dir, 'renderer-secret/key.txt'), join(rendererDir, 'link.txt'));
  writeFileSync(join(dir, 'trace.zip'), BYTES);
  const content = { path: join(dir, 'trace.zip'), bytes: BYTES.length };
  handle = createPanelProtocol({
    rendererDir,
    openContent: (id) => {
      if (id === 'art_trace') return { ...content, name: 'trace "1"\r\nx: y.zip', mime: 'application/zip' };
      if (id === 'art_page') return { ...content, name: 'page.html', mime: 'text/html' };
      if (id === 'art_shot') return { ...content, name: 'shot.png', mime: 'image/png' };
      return id === 'art_gone' ? { ...content, path: join(dir, 'gone'), name: 'gone', mime: 'text/plain' } : null;
    },
  });
});
afterAll(() => rmSync(dir, { recursive: true }));

const get = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
  handle(new Request(url, { headers, method }));

describe('app://panel', () => {
  test('serves the page with its policy: without it an injected script would run', async () => {
    for (const url of ['app://panel/', 'app://panel/index.html']) {
      const response = await get(url);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("script-src 'self';");
      expect(policy).not.toContain('unsafe-eval');
      expect(policy).toContain("object-src 'none'");
    }
  });

  test('serves modules with a type that browsers accept, for ever when the name has a hash', async () => {
    const response = await get('app://panel/assets/main-a1B2c3D4.js');
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect((await get('app://panel/index.html')).headers.get('cache-control')).toBe('no-cache');
  });

  test.each([
    'app://panel/../renderer-secret/key.txt',
    'app://panel/%2e%2e/renderer-secret/key.txt',
    'app://panel/..%2frenderer-secret%2fkey.txt',
    'app://panel/%2e%2e%5crenderer-secret%5ckey.txt',
    'app://panel/link.txt',
    'app://panel//etc/passwd',
    'app://panel/assets',
    'app://panel/index.html%00.js',
    'app://panel/%E0%A4%A',
    'app://other/index.html',
    'app://panel:80/index.html',
    'app://panel/v1/artifacts/..%2f..%2findex.html/content',
  ])('%s reaches nothing', async (url) => {
    const response = await get(url);
    expect([400, 404]).toContain(response.status);
    expect(await response.text()).not.toContain('secret');
  });

  test('answers reading only', async () => {
    expect((await get('app://panel/index.html', {}, 'POST')).status).toBe(405);
    const head = await get('app://panel/index.html', {}, 'HEAD');
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '15', '']);
  });
});

describe('artifacts', () => {
  const url = 'app://panel/v1/artifacts/art_trace/content';

  test('come whole', async () => {
    const response = await get(url);
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(BYTES)).toBe(true);
  });

  test.each([
    ['bytes=0-99', 0, 99],
    ['bytes=599990-', 599_990, 599_999],
    ['bytes=-5', 599_995, 599_999],
    ['bytes=262100-524400', 262_100, 524_400],
  ])('come in ranges (%s): the trace viewer and videos need it', async (range, start, end) => {
    const response = await get(url, { range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/${BYTES.length}`);
    expect(Buffer.from(await response.arrayBuffer()).equals(BYTES.subarray(start, end + 1))).toBe(true);
  });

  test('a range outside is refused, one that is none is ignored', async () => {
    expect((await get(url, { range: 'bytes=600000-' })).status).toBe(416);
    expect((await get(url, { range: 'lines=1-2' })).status).toBe(200);
  });

  test('never run with the rights of the panel, whatever a site sent', async () => {
    const page = await get('app://panel/v1/artifacts/art_page/content');
    expect(page.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(page.headers.get('content-security-policy')).toContain('sandbox');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    await page.body?.cancel();
    const shot = await get('app://panel/v1/artifacts/art_shot/content');
    expect(shot.headers.get('content-disposition')).toMatch(/^inline/);
    await shot.body?.cancel();
  });

  test('a name cannot add headers', async () => {
    const response = await get(url, {}, 'HEAD');
    expect(response.headers.get('content-disposition')).toBe(
      "attachment; filename*=UTF-8''trace%20%221%22%0D%0Ax%3A%20y.zip",
    );
  });

  test('unknown and deleted ones are not found', async () => {
    expect((await get('app://panel/v1/artifacts/art_none/content')).status).toBe(404);
    expect((await get('app://panel/v1/artifacts/art_gone/content')).status).toBe(404);
  });
});
