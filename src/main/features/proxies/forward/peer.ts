/** Who is at the other end of a loopback connection. */
import fs from 'node:fs/promises';

/** Connections of this machine over IPv4 (Linux), proc(5). */
const TABLE = '/proc/net/tcp';
const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, '0');

/**
 * Whether the program at `peerPort`, which is connected to our `ownPort`, belongs to another user of this computer.
 * False where the system does not tell: programs of the same user could read the browser's folder anyway.
 */
export async function isOtherUser(peerPort: number, ownPort: number): Promise<boolean> {
  const own = process.getuid?.();
  if (process.platform !== 'linux' || own === undefined) return false;
  const table = await fs.readFile(TABLE, 'utf8').catch(() => '');
  const loopback = '0100007F';
  const ends = `${loopback}:${hex(peerPort, 4)} ${loopback}:${hex(ownPort, 4)} `;
  const line = table.split('\n').find((one) => one.includes(ends));
  const user = line
    ?.slice(line.indexOf(ends) + ends.length)
    .trim()
    .split(/\s+/)[4];
  return user !== undefined && Number(user) !== own;
}
