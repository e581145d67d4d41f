/** What tests of scripts in a browser share: a site on loopback, specs, and a look at what was left over. */
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Starts a page with a password field, a download, a console warning and a cookie. */
export async function startSite(): Promise<{ url: string; close(): void }> {
  const site = createServer((request, response) => {
    if (request.url === '/file.csv') {
      response.setHeader('content-disposition', 'attachment; filename="orders.csv"');
      response.end('id,total\n1,2\n');
      return;
    }
    response.setHeader('content-type', 'text/html');
    response.end(`<title>Shop</title><form><input id=pw type=password></form><a href=/file.csv download>CSV</a>
      <script>console.warn('from the page'); document.cookie = 'seen=1; max-age=9999'</script>${request.headers.cookie ?? 'no cookie'}`);
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  return {
    url: `http://127.0.0.1:${(site.address() as AddressInfo).port}/`,
    close() {
      site.closeAllConnections();
      site.close();
    },
  };
}

/** A browser command without trace and screenshot, unless `rest` asks for them. */
export const browserSpec = (script: string, rest: object = {}) => ({
  kind: 'browser',
  script,
  trace: 'off',
  screenshot: 'off',
  ...rest,
});

/** A script whose function has this body. */
export const inScript = (body: string) =>
  `export default async ({ page, context, input, log, progress, step, artifact, signal, profile }) => {\n${body}\n}`;

/** Processes whose environment carries the marker of a run. */
export function leftOver(runId: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(runId);
    } catch {
      return false;
    }
  });
}
