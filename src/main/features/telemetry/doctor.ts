/** The doctor: checks what the product needs on this machine and says what to do about what is missing. */
import fs from 'node:fs/promises';
import { z } from 'zod';
import type { Check } from '../../../contract/host/system.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { Db } from '../../core/db/index.ts';
import type { Audit } from '../../core/log/audit.ts';
import { runThread } from '../../core/process/thread.ts';
import type { Secrets } from '../../core/secrets/secrets.ts';
import type { SystemReader } from './system.ts';

/** What {@link diagnose} looks at. */
export interface DoctorDeps {
  db: Db;
  /** Path of the built `db-check.thread`. */
  dbThread: string;
  /** How the database differs from what the migrations make, to follow "The database"; null when it does not. */
  foreignSchema: () => string | null;
  audit: Pick<Audit, 'verify'>;
  secrets: Secrets;
  system: SystemReader;
  dataDir: string;
  browsers: () => Promise<{ name: string; version: string | null; path: string }[]>;
  http: () => { url: string | null; error: string | null };
  electron: string | null;
}

const GIB = 1024 ** 3;
const LOW_DISK_BYTES = 2 * GIB;

const check = (
  id: string,
  title: string,
  status: Check['status'],
  detail: string,
  advice: string | null = null,
): Check => ({ id, title, status, detail, advice });

async function browserCheck(deps: DoctorDeps): Promise<Check> {
  const found = await deps.browsers();
  if (found.length === 0) {
    return check(
      'browser',
      'Browser',
      'error',
      'No Chrome, Chromium, Edge or Brave was found.',
      'Install one of them, or choose a browser program in Settings → Browser.',
    );
  }
  return check(
    'browser',
    'Browser',
    'ok',
    found.map((b) => `${b.name} ${b.version ?? ''} (${b.path})`.replace('  ', ' ')).join(', '),
  );
}

/** Reads the whole database in a thread. @returns `ok`, or what is wrong with it. @throws AppError `cancelled` */
export async function checkDatabase(
  { db, dbThread }: Pick<DoctorDeps, 'db' | 'dbThread'>,
  signal: AbortSignal,
): Promise<string> {
  return runThread(dbThread, { path: db.path }, z.object({ result: z.string() }), signal).then(
    (answer) => answer.result,
    (error: unknown) => {
      if (error instanceof AppError) throw error;
      return error instanceof Error ? error.message : String(error);
    },
  );
}

/** What it means that something else has changed the tables, triggers or views. */
export const foreignSentence = (path: string, how: string) =>
  `The database ${path} ${how}: another program changed it, and what TabAgent writes may be dropped or changed on the way.`;

const RESTORE =
  'Stop TabAgent and run: tabagent restore. It restores the newest good backup and keeps the current database.';

async function databaseCheck(deps: DoctorDeps, signal: AbortSignal): Promise<Check> {
  const { db } = deps;
  const result = await checkDatabase(deps, signal);
  const schema = db.raw.pragma('user_version', { simple: true });
  if (result !== 'ok') return check('database', 'Database', 'error', `${db.path}: ${result}`, RESTORE);
  const foreign = deps.foreignSchema();
  return foreign === null
    ? check('database', 'Database', 'ok', `${db.path} is sound (schema ${schema}).`)
    : check('database', 'Database', 'error', foreignSentence(db.path, foreign), RESTORE);
}

async function auditCheck({ audit }: DoctorDeps): Promise<Check> {
  const { ok, entries, broken_at, reason, sealed } = await audit.verify();
  if (!ok) {
    const detail = `Line ${broken_at} is the first that is not as it was written (${reason}); ${entries} before it are.`;
    return check(
      'audit',
      'Audit',
      'error',
      detail,
      'Compare the database with a backup: another program has changed it.',
    );
  }
  const detail = `${entries} lines are as they were written.`;
  return sealed
    ? check('audit', 'Audit', 'ok', detail)
    : check('audit', 'Audit', 'warning', `${detail} Their seals could not be checked.`, 'Unlock the key store.');
}

async function secretsCheck({ secrets }: DoctorDeps): Promise<Check> {
  try {
    const vault = await secrets.vault();
    return check(
      'secrets',
      'Secrets store',
      vault.weak ? 'warning' : 'ok',
      vault.detail,
      vault.weak
        ? 'Install and unlock an OS keyring (GNOME Keyring, KWallet), or accept that other programs of this user can read the key.'
        : null,
    );
  } catch (error) {
    return check(
      'secrets',
      'Secrets store',
      'error',
      error instanceof Error ? error.message : String(error),
      'Restore secret.key of the data directory from a backup.',
    );
  }
}

function portCheck(deps: DoctorDeps): Check {
  const { url, error } = deps.http();
  if (url !== null) return check('port', 'API port', 'ok', `The API answers at ${url}.`);
  return check(
    'port',
    'API port',
    error === null ? 'warning' : 'error',
    error ?? 'The API is not being served.',
    error === null
      ? 'Start it with tabagent serve.'
      : 'Close the other program, or choose another port in Settings → API & security.',
  );
}

async function diskCheck({ dataDir }: DoctorDeps): Promise<Check> {
  const disk = await fs.statfs(dataDir);
  const free = disk.bavail * disk.bsize;
  const detail = `${(free / GIB).toFixed(1)} GiB free where the data lives (${dataDir}).`;
  return free < LOW_DISK_BYTES
    ? check('disk', 'Disk', 'warning', detail, 'Free some space, or lower Settings → Storage & retention.')
    : check('disk', 'Disk', 'ok', detail);
}

async function gpuCheck({ system }: DoctorDeps): Promise<Check> {
  const cards = await system.graphics();
  if (cards.length === 0)
    return check('gpu', 'Graphics', 'ok', 'No graphics processor was detected; everything runs on the CPU.');
  return check(
    'gpu',
    'Graphics',
    'ok',
    cards.map((gpu) => `${gpu.vendor} ${gpu.name}${gpu.totalMb === null ? '' : `, ${gpu.totalMb} MiB`}`).join('; '),
  );
}

function runtimeCheck({ electron }: DoctorDeps): Check {
  return check(
    'runtime',
    'Runtime',
    'ok',
    electron === null
      ? `Node ${process.versions.node}, serving the panel`
      : `Electron ${electron} (Node ${process.versions.node})`,
  );
}

/** Runs every check. @throws AppError `cancelled` */
export async function diagnose(deps: DoctorDeps, signal: AbortSignal): Promise<Check[]> {
  return Promise.all([
    runtimeCheck(deps),
    browserCheck(deps),
    portCheck(deps),
    databaseCheck(deps, signal),
    auditCheck(deps),
    secretsCheck(deps),
    diskCheck(deps),
    gpuCheck(deps),
  ]);
}
