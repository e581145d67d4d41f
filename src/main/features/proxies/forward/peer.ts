/** Who is at the other end of a loopback connection. */
import fs from 'node:fs/promises';

/** Connections of this machine (Linux), proc(5). A socket of IPv6 may lead to an address of IPv4. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** The port of an address like `0100007F:1F90`. */
const portOf = (address = ''): number => Number.parseInt(address.slice(-4), 16);

/**
 * Whether the program at `peerPort`, which is connected to our `ownPort`, belongs to another user of this computer, or has left already.
 * False where the system does not tell: programs of the same user could read the browser's folder anyway.
 */
export async function isOtherUser(peerPort: number, ownPort: number): Promise<boolean> {
  const own = process.getuid?.();
  if (process.platform !== 'linux' || own === undefined) return false;
  const tables = await Promise.all(TABLES.map((file) => fs.readFile(file, 'utf8').catch(() => '')));
  if (tables.every((table) => table === '')) return false;
  // Whatever its address is: all of 127.0.0.0/8 is this computer.
  const users = tables
    .flatMap((table) => table.split('\n'))
    .flatMap((line) => {
      const [, local, remote, , , , , user, , inode] = line.trim().split(/\s+/);
      const isPeer = portOf(local) === peerPort && portOf(remote) === ownPort;
      // No program has one open that has no inode.
      return isPeer && inode !== '0' ? [Number(user)] : [];
    });
  return users.length === 0 || users.some((user) => user !== own);
}
