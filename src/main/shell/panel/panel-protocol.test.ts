import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPanelProtocol } from './panel-protocol.ts';

let dir = '';
let handle: (request: Request) => Promise<Response>;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tabagent-protocol-'));
  const rendererDir = join(dir, 'renderer');
  mkdirSync(join(rendererDir, 'assets'), { recursive: true });
  mkdirSync(join(dir, 'renderer-secret'));
  writeFileSync(join(rendererDir, 'index.html'), '<!doctype html>');
  writeFileSync(join(rendererDir, 'assets/main-a1B2c3D4.js'), 'export {}');
  writeFileSync(join(dir, 'renderer-secret/key.txt'), 'secret');
  symlinkSync(join(dir, 'renderer-secret/key.txt'), join(rendererDir, 'link.txt'));
  handle = createPanelProtocol(rendererDir);
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
