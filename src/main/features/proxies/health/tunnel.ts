/** One tunnel through a forwarder. The `CONNECT` is made by hand: clients that know proxies hide the status that tells failures apart. */
import http from 'node:http';
import type { Socket } from 'node:net';
import type { ProxyFault } from '../../../../contract/automation/proxies.ts';
import { faultOf } from '../forward/failure.ts';

/** A proxy that failed. */
export class ProxyFailure extends Error {
  readonly fault: ProxyFault;
  constructor(fault: ProxyFault, message: string = fault) {
    super(message);
    this.fault = fault;
  }
}

/**
 * Opens a tunnel to `authority` (`host:port`).
 * @param signal ends it too
 * @throws ProxyFailure, or the reason of `signal`
 */
export function openTunnel(forwarderPort: number, authority: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const request = http.request({
      ...{ host: '127.0.0.1', port: forwarderPort, method: 'CONNECT', path: authority, agent: false, signal },
      headers: { host: authority },
    });
    request.on('connect', (response, stream) => {
      const socket = stream as Socket;
      const { statusCode: status = 0, statusMessage: reason = '' } = response;
      if (status === 200) return resolve(socket);
      socket.destroy();
      reject(new ProxyFailure(faultOf({ status, reason })));
    });
    request.on('error', (error: NodeJS.ErrnoException) =>
      reject(signal.aborted ? signal.reason : new ProxyFailure(error.code === 'ECONNREFUSED' ? 'refused' : 'reset')),
    );
    request.end();
  });
}
