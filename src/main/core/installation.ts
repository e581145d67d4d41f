/**
 * Which data directory this is. What marks the processes of an attempt is made from it: a database that comes from elsewhere (a restored
 * backup, a copy) names attempts of another host, and nothing that is derived here finds, ends or removes what belongs to them.
 */
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { replaceOwned } from './disk/owned-files.ts';
import { readOwnedNote } from './disk/owned-reads.ts';

/** Names an attempt in every guarded statement: 32 hexadecimal digits. */
export const AttemptToken = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .brand<'AttemptToken'>();
export type AttemptToken = z.infer<typeof AttemptToken>;

/** Names the processes, the control group and the temporary folder of an attempt on this data directory: 32 hexadecimal digits. */
export type RunId = string & z.$brand<'RunId'>;

/** See {@link openInstallation}. */
export interface Installation {
  runIdOf(token: AttemptToken): RunId;
}

const Identity = z.string().regex(/^[0-9a-f]{32}$/);

/** The random identity in a data directory, made when there is none. Not in the database: that one is copied. */
function identityIn(dataDir: string): string {
  const file = path.join(dataDir, 'installation');
  const known = identityFrom(dataDir, file);
  if (known !== null) return known;
  const made = randomBytes(16).toString('hex');
  replaceOwned(dataDir, file, `${made}\n`);
  return made;
}

function identityFrom(dataDir: string, file: string): string | null {
  try {
    return Identity.parse(readOwnedNote(dataDir, file)?.toString().trim());
  } catch {
    return null; // missing, damaged, or not ours: a link or a pipe
  }
}

/** Opens the identity of a data directory whose lock the caller holds. Its place is a part of it: a copy of the whole folder is another one. */
export function openInstallation(dataDir: string): Installation {
  const identity = `${identityIn(dataDir)} ${fs.realpathSync(dataDir)}`;
  return {
    runIdOf: (token) => createHash('sha256').update(`${identity} ${token}`).digest('hex').slice(0, 32) as RunId,
  };
}
