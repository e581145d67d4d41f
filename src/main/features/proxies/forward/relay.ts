/** A loopback port that leads to one address. The SOCKS client of the library takes no IPv6 addresses; it is given this port instead. */
import net from 'node:net';

/** An open relay. */
export interface Relay {
  readonly port: number;
  close(): void;
}

/** Opens a relay to an address; what cannot be reached is reset. */
export async function openRelay(target: { host: string; port: number }): Promise<Relay> {
  const open = new Set<net.Socket>();
  const keep = (socket: net.Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  };
  const server = net.createServer((near) => {
    const far = net.connect(target);
    keep(near);
    keep(far);
    near.on('error', () => far.destroy());
    far.on('error', () => near.resetAndDestroy());
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroySoon());
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
