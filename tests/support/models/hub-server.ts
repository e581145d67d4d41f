/** A server that stands in for the hub, and for what the hub sends its files from; it misbehaves as it is told. */
import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** How one request for a file goes wrong; tried in order, then everything goes right. */
export type Fault =
  | 'cut'
  | 'silent'
  | 'refuse-ranges'
  | 'wrong-total'
  | 'other-etag'
  | 'unsatisfiable'
  | 'busy'
  | 'too-many'
  | 'broken-bytes'
  | 'empty'
  | 'unauthorized';

/** A request that came in. */
export interface HubRequest {
  path: string;
  range: string | undefined;
  ifRange: string | undefined;
  authorization: string | undefined;
}

/** See file comment. */
export interface HubServer extends AsyncDisposable {
  url: string;
  requests: HubRequest[];
  faults: Fault[];
  files: Map<string, Buffer>;
  /** Where requests for files are sent; null answers them here. */
  redirect: string | null;
  /** Bytes of a file that are sent, then the connection rests until `release` is called; null sends all. */
  holdAfter: number | null;
  release(): void;
  /** Resolves when the next request rests. */
  held(): Promise<void>;
}

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');
const gitHash = (content: Buffer) =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');

/** Starts a server with the files of one repo, by path. Large files are those of more than 1000 bytes. */
export async function openHubServer(repo: string, files: Record<string, Buffer>): Promise<HubServer> {
  const contents = new Map(Object.entries(files));
  let waiting: (() => void)[] = [];
  let heldListeners: (() => void)[] = [];

  const server = http.createServer((req, res) => {
    const url = new URL(req.url ?? '/', 'http://hub');
    const { range, authorization } = req.headers;
    hub.requests.push({ path: url.pathname, range, ifRange: req.headers['if-range']?.toString(), authorization });
    if (url.pathname === `/api/models/${repo}/tree/main`) return sendList(res);
    const name = [`/${repo}/resolve/main/`, '/cdn/'].map(
      (prefix) => url.pathname.startsWith(prefix) && url.pathname.slice(prefix.length),
    );
    const content = contents.get(decodeURIComponent(name.find((one) => one !== false) || ''));
    if (content === undefined) return res.writeHead(404).end();
    if (hub.redirect !== null && !url.pathname.startsWith('/cdn/'))
      return res.writeHead(302, { location: hub.redirect }).end();
    void sendFile(req, res, content);
  });

  function sendList(res: http.ServerResponse): void {
    const list = [...contents].map(([path, content]) => ({
      ...{ type: 'file', path, size: content.length, oid: gitHash(content) },
      ...(content.length > 1000 ? { lfs: { oid: sha256(content), size: content.length, pointerSize: 130 } } : {}),
    }));
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list));
  }

  async function sendFile(req: http.IncomingMessage, res: http.ServerResponse, whole: Buffer): Promise<void> {
    const fault = hub.faults.shift();
    if (fault === 'busy') return void res.writeHead(503, { 'retry-after': '0' }).end();
    if (fault === 'too-many') return void res.writeHead(429, { 'retry-after': '0' }).end();
    if (fault === 'unsatisfiable') return void res.writeHead(416, { 'content-range': `bytes */${whole.length}` }).end();
    if (fault === 'unauthorized') return void res.writeHead(401).end('secret words of the server');
    if (fault === 'silent') return; // says nothing, for ever
    const etag = fault === 'other-etag' ? '"another"' : `"${sha256(whole).slice(0, 12)}"`;
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range ?? '') ?? [];
    const fresh = req.headers['if-range'] === undefined || req.headers['if-range'] === etag;
    const partial = first !== undefined && fresh && fault !== 'refuse-ranges';
    const content = partial ? whole.subarray(Number(first), Number(last) + 1) : whole;
    const total = fault === 'wrong-total' ? whole.length + 1 : whole.length;
    if (partial)
      res.writeHead(206, {
        etag,
        'content-length': content.length,
        'content-range': `bytes ${first}-${last}/${total}`,
      });
    else res.writeHead(200, { etag, 'content-length': fault === 'wrong-total' ? total : content.length });
    const sent = fault === 'broken-bytes' ? Buffer.alloc(content.length, 7) : content;
    if (fault === 'empty') return void res.destroy();
    if (fault === 'cut') {
      res.write(sent.subarray(0, Math.ceil(sent.length / 2)), () => setImmediate(() => res.destroy()));
      return;
    }
    const hold = hub.holdAfter;
    if (hold !== null && sent.length > hold) {
      await new Promise<void>((resolve) => res.write(sent.subarray(0, hold), () => resolve()));
      const released = new Promise<void>((resolve) => waiting.push(resolve));
      for (const listener of heldListeners.splice(0)) listener();
      await released;
      return void res.end(sent.subarray(hold));
    }
    res.end(sent);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const hub: HubServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    faults: [],
    files: contents,
    redirect: null,
    holdAfter: null,
    release() {
      hub.holdAfter = null;
      for (const resolve of waiting.splice(0)) resolve();
    },
    held: () => new Promise<void>((resolve) => heldListeners.push(resolve)),
    async [Symbol.asyncDispose]() {
      hub.release();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  waiting = [];
  heldListeners = [];
  return hub;
}
