/**
 * A forwarder: an HTTP proxy on a loopback port of this process that leads everything to one upstream proxy. Browsers are given its
 * address, so that credentials stay in this process and all schemes behave alike. It never connects to a target by itself.
 */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { RequestError, Server } from 'proxy-chain';
import { createMeter, type Meter } from '../traffic/meter.ts';
import { isOtherUser } from './peer.ts';
import { openRelay, type Relay } from './relay.ts';
import { isSocks, type Upstream, upstreamUrl } from './upstream.ts';

/** An open forwarder. */
export interface Forwarder {
  readonly port: number;
  /** Counts what its browser sends and receives. */
  readonly meter: Meter;
  /** Closes it and breaks off what goes through it. */
  close(): Promise<void>;
}

/** Opens a forwarder to `upstream`. */
export async function openForwarder(upstream: Upstream): Promise<Forwarder> {
  const relay: Relay | null = isSocks(upstream) && upstream.host.includes(':') ? await openRelay(upstream) : null;
  const upstreamProxyUrl = upstreamUrl(upstream, relay === null ? upstream : { host: '127.0.0.1', port: relay.port });
  // Pools of its own: those of the process would keep connections of a closed forwarder for the next.
  const httpAgent = new http.Agent({ keepAlive: true });
  const httpsAgent = new https.Agent({ keepAlive: true });
  const known = new WeakSet<Socket>();
  const meter = createMeter();
  const server = new Server({
    port: 0,
    host: '127.0.0.1',
    async prepareRequestFunction({ request: { socket }, hostname }) {
      if (!known.has(socket) && (await isOtherUser(socket.remotePort ?? 0, server.port))) {
        throw new RequestError('This proxy belongs to another user.', 403);
      }
      known.add(socket);
      meter.watch(socket, hostname.toLowerCase());
      return { upstreamProxyUrl, httpAgent, httpsAgent };
    },
  });
  // Failures of single requests are answered to the browser.
  server.on('requestFailed', () => undefined);
  server.on('error', () => undefined);
  try {
    await server.listen();
  } catch (error) {
    relay?.close();
    throw error;
  }
  return {
    port: server.port,
    meter,
    async close() {
      const closed = server.close(true);
      httpAgent.destroy();
      httpsAgent.destroy();
      relay?.close();
      await closed;
    },
  };
}
