/**
 * Where the audit ended last, outside of its table: a small file with the number and hash of a line under an HMAC. It lags behind the
 * table by design (a second, or what a crash cut off) and is never ahead of it: the lines are on the disk before the file names them.
 */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import type { AuditVerdict } from '../../../contract/host/telemetry.ts';
import { replaceOwned } from '../disk/owned-files.ts';
import { openOwnedRead, readOwnedNote } from '../disk/owned-reads.ts';

/** A line of the audit. */
export interface AuditLine {
  seq: number;
  hash: string;
}

/** What the end of the table shows against the head. */
export type AuditProblem = Extract<
  AuditVerdict['reason'],
  'edited' | 'truncated' | 'rewritten' | 'dropped' | 'head_missing' | 'head_forged'
>;

const HeadFile = z.object({ seq: z.int(), hash: z.string(), mac: z.string() });

/** Name of the file in the data directory. */
export const HEAD_FILE = 'audit-head';

/** What only the key can make. */
export interface AuditSealer {
  /** The seal of a line, by its hash; the hash covers every line before it. */
  seal(hash: string): Buffer;
  isSeal(hash: string, seal: Buffer): boolean;
  /** @param epoch number of the last line that was written before there were seals */
  headText(line: AuditLine, epoch: number): string;
  /** The line in the file; `forged` when another key, another epoch or no key made it. */
  readHead(dir: string, epoch: number): AuditLine | 'missing' | 'forged';
}

/** Creates the sealer of a key. */
export function createAuditSealer(bytes: Buffer): AuditSealer {
  // Given as bytes, the key would be prepared anew for each line, which takes 20 times as long as the rest.
  const key = createSecretKey(bytes);
  const mac = (text: string) => createHmac('sha256', key).update(text).digest();
  const same = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b);
  const headMac = ({ seq, hash }: AuditLine, epoch: number) => mac(`head ${epoch} ${seq} ${hash}`);
  return {
    seal: (hash) => mac(`line ${hash}`),
    isSeal: (hash, seal) => same(mac(`line ${hash}`), seal),
    headText: (line, epoch) => `${JSON.stringify({ ...line, mac: headMac(line, epoch).toString('hex') })}\n`,
    readHead(dir, epoch) {
      const file = path.join(dir, HEAD_FILE);
      try {
        const text = readOwnedNote(dir, file);
        if (text === null) return 'missing';
        const head = HeadFile.parse(JSON.parse(text.toString()));
        const line = { seq: head.seq, hash: head.hash };
        return same(headMac(line, epoch), Buffer.from(head.mac, 'hex')) ? line : 'forged';
      } catch {
        return 'forged';
      }
    },
  };
}

/** Puts what was appended to the log of the database on the disk. */
async function syncDatabaseLog(dbPath: string): Promise<void> {
  const file = await openOwnedRead(path.dirname(dbPath), `${dbPath}-wal`, 'r+').catch(() => null);
  try {
    await file?.datasync();
  } finally {
    await file?.close();
  }
}

/** Writes the head once the lines up to it are on the disk. @throws Error of the file system; then the old head is in place */
export async function writeHead(dir: string, dbPath: string, text: string): Promise<void> {
  await syncDatabaseLog(dbPath);
  const file = path.join(dir, HEAD_FILE);
  replaceOwned(dir, file, text);
}
