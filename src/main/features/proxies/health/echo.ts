/** Asking an echo address, through a tunnel, from which IP address it is asked. */
import http from 'node:http';
import https from 'node:https';
import net, { type Socket } from 'node:net';
import tls from 'node:tls';
import { z } from 'zod';
import { type Bounds, parseBounded } from '../../../../contract/kernel/bounds.ts';
import { ProxyFailure } from './tunnel.ts';

/** Where the traffic of a proxy comes out. */
export interface Exit {
  ip: string;
  /** Only what the echo address told; nothing is guessed. */
  country: string | null;
  timezone: string | null;
}

const BOUNDS: Bounds = { depth: 4, members: 200, string: 2000, size: 16_384 };
const Ip = z.string().refine((text) => net.isIP(text) !== 0);
const Country = z.string().regex(/^[A-Z]{2}$/);
const first = <T extends z.ZodType>(schema: T, values: readonly unknown[]): z.output<T> | null => {
  for (const value of values) {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
  }
  return null;
};

/** Reads what echo services answer: JSON with the usual names, or the bare address. Null for anything else. */
export function readExit(body: string): Exit | null {
  const plain = body.trim();
  if (net.isIP(plain) !== 0) return { ip: plain, country: null, timezone: null };
  let facts: Record<string, unknown>;
  try {
    facts = z.record(z.string(), z.unknown()).parse(parseBounded(plain, BOUNDS));
  } catch {
    return null;
  }
  const ip = first(Ip, [facts.ip, facts.query, facts.origin, facts.ip_addr, facts.address]);
  if (ip === null) return null;
  const zone = z
    .string()
    .max(64)
    .regex(/^[A-Za-z_+-]+(\/[A-Za-z0-9_+-]+)*$/);
  return {
    ip,
    country: first(Country, [facts.country_code, facts.countryCode, facts.country, facts.country_iso]),
    timezone: first(zone, [facts.timezone, facts.time_zone]),
  };
}

/** Failures of TLS with the echo address, whose certificate the proxy may have replaced. */
const isCertificate = (error: Error): boolean =>
  /CERT|SELF_SIGNED|ALTNAME|UNABLE_TO/.test('code' in error ? String(error.code) : '');

function secured(socket: Socket, url: URL): Socket {
  const name = url.hostname.replace(/^\[|\]$/g, '');
  return tls.connect({ socket, ...(net.isIP(name) === 0 ? { servername: name } : { host: name }) });
}

/** Sends one GET through the tunnel. @throws ProxyFailure `echo`, `reset`, `certificate` */
export function askEcho(tunnel: Socket, url: URL, signal: AbortSignal): Promise<Exit> {
  return new Promise((resolve, reject) => {
    const isTls = url.protocol === 'https:';
    const fail = (error: Error) =>
      reject(signal.aborted ? signal.reason : new ProxyFailure(isCertificate(error) ? 'certificate' : 'reset'));
    const request = (isTls ? https : http).get(
      {
        ...{ host: url.hostname, port: url.port, path: `${url.pathname}${url.search}`, signal },
        headers: { accept: 'application/json, text/plain', 'user-agent': 'TabAgent' },
        // No agent beside it: one would connect by itself, past the tunnel.
        createConnection: () => (isTls ? secured(tunnel, url) : tunnel),
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
          if (body.length > BOUNDS.size) request.destroy();
        });
        response.on('error', fail);
        response.on('end', () => {
          const exit = response.statusCode === 200 ? readExit(body) : null;
          if (exit === null) reject(new ProxyFailure('echo'));
          else resolve(exit);
        });
      },
    );
    request.on('error', fail);
  });
}
