/** Opening the port: on both loopback addresses, and with a clear message when another program has it. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findPortOwner } from './port-owner.ts';

/** The port belongs to another program. `message` is shown to the operator. */
export class PortInUseError extends Error {
  readonly port: number;

  constructor(host: string, port: number, owner: { pid: number; name: string } | undefined) {
    const by = owner === undefined ? '' : ` by process ${owner.pid} (${owner.name})`;
    super(
      `Port ${port} on ${host} is in use${by}. TabAgent did not touch it. Close that program or start TabAgent with --port <number>.`,
    );
    this.name = 'PortInUseError';
    this.port = port;
  }
}

/**
 * Opens `host:port`; 0 takes any free port.
 * @returns the port in use
 * @throws PortInUseError naming the owner where it can be found; any other error of the system as it is
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    await open(server, host, port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new PortInUseError(host, port, await findPortOwner(port));
  }
  return (server.address() as AddressInfo).port;
}

/** Opens the same port on `::1`, for clients that try it first. @returns false where that is not possible */
export async function listenOnIpv6Loopback(server: Server, port: number): Promise<boolean> {
  try {
    await open(server, '::1', port);
    return true;
  } catch {
    return false;
  }
}

function open(server: Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host: host.replace(/^\[(.*)\]$/, '$1'), port, exclusive: true }, () => {
    server.off('error', reject);
    resolve();
  });
  return promise;
}
