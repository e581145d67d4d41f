/** Real proxy servers on loopback, small ones of our own: HTTP, HTTPS, SOCKS4 and SOCKS5, with and without credentials, slow, lying or broken. */
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { generate } from 'selfsigned';

/** What a proxy was asked for. */
export interface ProxyHit {
  /** `host:port` as the client named it: a name that came unresolved is still a name. */
  target: string;
  /** Credentials that were shown, `user:password`. */
  credentials: string | null;
  /** Method that a SOCKS5 client chose: 0 none, 2 user and password (RFC 1929). */
  method?: number;
}

/** A running proxy. */
export interface TestProxy extends AsyncDisposable {
  port: number;
  hits: ProxyHit[];
  /** Bytes of the tunnels, both ways. */
  bytes(): number;
}

/** How a proxy behaves. */
export interface Behaviour {
  /** `user:password` that it asks for. */
  credentials?: string;
  /** Called before a connection is answered. */
  before?: () => Promise<void>;
  /** Where it really connects to, whatever it is asked for; the target itself unless said. */
  leadsTo?: (target: { host: string; port: number }) => { host: string; port: number };
  /** Address that it connects from, which the target sees. */
  from?: string;
  host?: string;
}

interface Links {
  keep(socket: net.Socket): void;
  join(near: net.Socket, far: net.Socket): void;
  bytes(): number;
  close(): void;
}

function createLinks(): Links {
  const open = new Set<net.Socket>();
  let bytes = 0;
  const keep = (socket: net.Socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => open.delete(socket));
  };
  return {
    keep,
    join(near, far) {
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        one.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        one.pipe(other);
        one.once('close', () => other.destroySoon());
      }
    },
    bytes: () => bytes,
    close: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

const splitTarget = (target: string) => {
  const url = new URL(`connect://${target}`);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) };
};

function dial(
  { host, port }: { host: string; port: number },
  { leadsTo, from }: Behaviour,
  links: Links,
): Promise<net.Socket> {
  const at = leadsTo?.({ host, port }) ?? { host, port };
  return new Promise((resolve, reject) => {
    const far = net.connect({ ...at, ...(from === undefined ? {} : { localAddress: from }) }, () => resolve(far));
    far.once('error', reject);
    links.keep(far);
  });
}

async function listen(server: net.Server, links: Links, hits: ProxyHit[], host = '127.0.0.1'): Promise<TestProxy> {
  server.on('connection', links.keep);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    hits,
    bytes: links.bytes,
    async [Symbol.asyncDispose]() {
      links.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An HTTP proxy; with `tls`, one that is spoken to over TLS with a certificate that nobody trusts. */
export async function httpProxy(behaviour: Behaviour = {}, { tls = false } = {}): Promise<TestProxy> {
  const links = createLinks();
  const hits: ProxyHit[] = [];
  const shown = (request: http.IncomingMessage) => {
    const [, code] = (request.headers['proxy-authorization'] ?? '').split(' ');
    return code === undefined ? null : Buffer.from(code, 'base64').toString();
  };
  const isRefused = (request: http.IncomingMessage) =>
    behaviour.credentials !== undefined && shown(request) !== behaviour.credentials;

  const server = tls ? https.createServer(await certificate()) : http.createServer();
  server.on('connect', async (request: http.IncomingMessage, near: net.Socket) => {
    hits.push({ target: request.url ?? '', credentials: shown(request) });
    await behaviour.before?.();
    if (isRefused(request)) return void near.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const far = await dial(splitTarget(request.url ?? ''), behaviour, links).catch(() => null);
    if (far === null) return void near.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    near.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    links.join(near, far);
  });
  server.on('request', async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const url = new URL(request.url ?? '');
    hits.push({ target: url.host, credentials: shown(request) });
    await behaviour.before?.();
    if (isRefused(request)) return void response.writeHead(407).end();
    const at = behaviour.leadsTo?.({ host: url.hostname, port: Number(url.port || 80) });
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const onward = http.request(
      { host: at?.host ?? url.hostname, port: at?.port ?? (url.port || 80), path: url.pathname + url.search, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.writeHead(502).end());
    onward.end();
  });
  return listen(server, links, hits, behaviour.host);
}

let made: Promise<{ key: string; cert: string }> | undefined;
function certificate() {
  made ??= generate([{ name: 'commonName', value: '127.0.0.1' }]).then(({ private: key, cert }) => ({ key, cert }));
  return made;
}

/** Reads exactly so many bytes at a time. */
function reader(socket: net.Socket) {
  let kept = Buffer.alloc(0);
  let wake: () => void = () => undefined;
  const onData = (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]);
    wake();
  };
  socket.on('data', onData);
  return {
    async read(bytes: number): Promise<Buffer> {
      while (kept.length < bytes) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const part = kept.subarray(0, bytes);
      kept = kept.subarray(bytes);
      return part;
    },
    async until(end: number): Promise<string> {
      let text = '';
      for (;;) {
        const [byte = 0] = await this.read(1);
        if (byte === end) return text;
        text += String.fromCharCode(byte);
      }
    },
    done() {
      socket.off('data', onData);
      if (kept.length > 0) socket.unshift(kept);
    },
  };
}

/** A SOCKS5 proxy (RFC 1928, 1929). */
export async function socks5Proxy(behaviour: Behaviour = {}): Promise<TestProxy> {
  const links = createLinks();
  const hits: ProxyHit[] = [];
  const server = net.createServer(async (near) => {
    const from = reader(near);
    const [, count = 0] = await from.read(2);
    const methods = [...(await from.read(count))];
    const method = behaviour.credentials === undefined ? 0 : 2;
    await behaviour.before?.();
    if (!methods.includes(method)) {
      hits.push({ target: '', credentials: null, method: methods[0] ?? 255 });
      return void near.end(Buffer.from([5, 255]));
    }
    near.write(Buffer.from([5, method]));
    let credentials: string | null = null;
    if (method === 2) {
      const [, userLength = 0] = await from.read(2);
      const user = (await from.read(userLength)).toString();
      const [wordLength = 0] = await from.read(1);
      credentials = `${user}:${(await from.read(wordLength)).toString()}`;
      const isRight = credentials === behaviour.credentials;
      if (!isRight) {
        hits.push({ target: '', credentials, method });
        return void near.end(Buffer.from([1, 1]));
      }
      near.write(Buffer.from([1, 0]));
    }
    const [, , , kind] = await from.read(4);
    let host: string;
    if (kind === 1) host = [...(await from.read(4))].join('.');
    else if (kind === 3) host = (await from.read((await from.read(1))[0] ?? 0)).toString();
    else host = (await from.read(16)).toString('hex').replace(/(.{4})(?!$)/g, '$1:');
    const port = (await from.read(2)).readUInt16BE();
    hits.push({ target: `${host}:${port}`, credentials, method });
    const far = await dial({ host, port }, behaviour, links).catch(() => null);
    if (far === null) return void near.end(Buffer.from([5, 4, 0, 1, 0, 0, 0, 0, 0, 0]));
    from.done();
    near.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
    links.join(near, far);
  });
  return listen(server, links, hits, behaviour.host);
}

/** A SOCKS4a proxy; the user id is its only credential. */
export async function socks4Proxy(behaviour: Behaviour = {}): Promise<TestProxy> {
  const links = createLinks();
  const hits: ProxyHit[] = [];
  const server = net.createServer(async (near) => {
    const from = reader(near);
    const head = await from.read(8);
    const user = await from.until(0);
    const isNamed = head[4] === 0 && head[5] === 0 && head[6] === 0 && head[7] !== 0;
    const host = isNamed ? await from.until(0) : [...head.subarray(4, 8)].join('.');
    const port = head.readUInt16BE(2);
    hits.push({ target: `${host}:${port}`, credentials: user });
    await behaviour.before?.();
    if (behaviour.credentials !== undefined && user !== behaviour.credentials) {
      return void near.end(Buffer.from([0, 93, 0, 0, 0, 0, 0, 0]));
    }
    const far = await dial({ host, port }, behaviour, links).catch(() => null);
    if (far === null) return void near.end(Buffer.from([0, 91, 0, 0, 0, 0, 0, 0]));
    from.done();
    near.write(Buffer.from([0, 90, 0, 0, 0, 0, 0, 0]));
    links.join(near, far);
  });
  return listen(server, links, hits, behaviour.host);
}

/** A server that does `talk` with whoever connects: hangs up, says nothing, speaks something else. */
export function oddServer(talk: (socket: net.Socket) => void): Promise<TestProxy> {
  return listen(net.createServer(talk), createLinks(), []);
}

/** A port where nothing listens. */
export async function deadPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** An echo address: answers with the address it is asked from, or what `answer` says. */
export async function echoServer(
  answer?: (ip: string) => string,
): Promise<AsyncDisposable & { url: string; hits: string[] }> {
  const hits: string[] = [];
  const server = http.createServer((request, response) => {
    const ip = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    hits.push(ip);
    response.setHeader('connection', 'close');
    response.end(answer?.(ip) ?? JSON.stringify({ ip }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}/`,
    hits,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
