/** The page that shows reports of Playwright Test: opened with the address of a report that was given out, and framed by the panel alone. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manualClock } from '../../../../tests/support/core.ts';
import { reportPath } from '../../../contract/host/content.ts';
import { createContentLinks } from './content-links.ts';
import { createContentPages } from './content-pages.ts';

const ORIGIN = 'http://127.0.0.1:4000';
const clock = manualClock();
const links = createContentLinks(clock);
let dir = '';
let handle: (request: Request) => Promise<Response>;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tabagent-report-'));
  const viewerDir = join(dir, 'viewer');
  mkdirSync(join(viewerDir, 'report'), { recursive: true });
  mkdirSync(join(dir, 'viewer-secret'));
  for (const name of ['index.html', 'report/index.html', 'report/other.html', 'report/report.js'])
    writeFileSync(join(viewerDir, name), '<!doctype html>');
  writeFileSync(join(dir, 'viewer-secret/key.txt'), 'secret');
  symlinkSync(join(dir, 'viewer-secret/key.txt'), join(viewerDir, 'report/link.txt'));
  writeFileSync(join(dir, 'report.zip'), 'bytes');
  handle = createContentPages({
    viewerDir,
    links,
    frames: () => 'http://127.0.0.1:8080',
    openContent: () => ({
      name: 'report.zip',
      mime: 'application/zip',
      root: dir,
      path: join(dir, 'report.zip'),
      bytes: 5,
    }),
  });
});
afterAll(() => rmSync(dir, { recursive: true }));

const get = (path: string, headers: Record<string, string> = {}) => handle(new Request(ORIGIN + path, { headers }));
/** Address of a report, as the panel is given it. */
const address = () => links.pathOf({ id: 'art_report', name: 'report.zip' }).path;

describe('the page of reports', () => {
  const PAGE = '/trace-viewer/report/index.html';
  const open = (report: string) => get(`${PAGE}?report=${encodeURIComponent(report)}`);

  // Would catch: a report that runs scripts of its own or asks other servers, or that any page can frame and click through.
  test('opens a report whose address was given out, framed by the panel alone', async () => {
    const path = address();
    expect(reportPath(path)).toBe(`${PAGE}?report=${encodeURIComponent(path)}`);
    const response = await get(reportPath(path));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const policy = response.headers.get('content-security-policy') ?? '';
    for (const part of [
      "default-src 'self'",
      "script-src 'self'",
      "connect-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
    ])
      expect(policy.split('; ')).toContain(part);
    expect(policy).toMatch(/; frame-ancestors 'self' http:\/\/127\.0\.0\.1:8080$/);
    expect(policy).not.toMatch(/script-src[^;]*(?:unsafe|data:|blob:)|connect-src[^;]*(?:data|blob|http)/);
  });

  // Would catch: an archive of somebody else, shown on this origin as a report of this host.
  test.each([
    'data:application/zip;base64,UEsFBg==',
    'https://evil.test/report.zip',
    '//evil.test/report.zip',
    `${ORIGIN}/artifacts/art_report/x.y/report.zip`,
    '/artifacts/art_report/x.y/report.zip',
    '/artifacts/art_report/content',
    PAGE,
    '',
  ])('does not open %s', async (report) => {
    const response = await open(report);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('The address of this report is too old. Open it again from its task.');
  });

  // Would catch: the ticket of one page that opens the other, which reads another member of its address.
  test('opens by its own member of the address only, and not when its ticket has ended', async () => {
    const path = address();
    for (const query of ['', `?trace=${encodeURIComponent(path)}`]) expect((await get(PAGE + query)).status).toBe(404);
    expect((await get(`/trace-viewer/index.html?report=${encodeURIComponent(path)}`)).status).toBe(404);
    expect((await get(`${PAGE}?report=&report=${encodeURIComponent(path)}`)).status).toBe(404);
    clock.advance(3 * 3_600_000);
    expect((await open(path)).status).toBe(404);
  });

  // Would catch: a page beside it that opens without a ticket, or one that is reached by another way to write its address.
  test('is the only page of its folder', async () => {
    const ticket = `?report=${encodeURIComponent(address())}`;
    for (const page of ['other.html', 'none.html', '', '.', 'index.htm'])
      expect((await get(`/trace-viewer/report/${page}${ticket}`)).status, page).toBe(404);
    for (const way of [
      'report//index.html',
      'report/.%2findex.html',
      'x/..%2freport/index.html',
      'report%2findex.html',
    ])
      expect([400, 404], way).toContain((await get(`/trace-viewer/${way}`)).status);
    expect((await get('/trace-viewer/report/report.js')).status).toBe(200);
  });

  // Would catch: any file of this computer on an origin that needs no key.
  test.each([
    'report/link.txt',
    'report/../../viewer-secret/key.txt',
    'report/%2e%2e/%2e%2e/viewer-secret/key.txt',
    'report/..%2f..%2fviewer-secret%2fkey.txt',
  ])('%s reaches nothing', async (path) => {
    const response = await get(`/trace-viewer/${path}?report=${encodeURIComponent(address())}`);
    expect([400, 404]).toContain(response.status);
    expect(await response.text()).not.toContain('secret');
  });

  // Would catch: the archive itself as something that runs, or that another page than the panel and the viewer can read.
  test('its archive is data for the panel alone', async () => {
    const response = await get(address(), { origin: 'https://evil.test' });
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="report\.zip"/);
    expect(response.headers.get('content-security-policy')).toMatch(/; sandbox;/);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    await response.body?.cancel();
  });
});
