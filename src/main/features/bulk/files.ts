/** The files of a bulk job: the ids that matched when it was asked for, and a line with the result of each row that it has done. */
import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { BulkRow } from '../../../contract/kernel/bulk.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { JobId } from '../../../contract/kernel/scalars.ts';
import { makeOwnedFolder, openOwnedLog, writeNewOwned } from '../../core/disk/owned-files.ts';
import { openOwnedRead, readOwned } from '../../core/disk/owned-reads.ts';
import { entryOf, listOwned, removeOwned } from '../../core/disk/owned-trees.ts';
import { notACursor } from '../../core/operation/position-cursor.ts';

/** What a cursor is of, for messages. */
export const RESULTS = 'these results';

const NEWLINE = 10;

/** What the ids of one job may take: about two million of them. */
const IDS_BYTES = 64 * 1024 * 1024;

/** Bytes of results that are read at once: every line is shorter. */
const WINDOW = 256 * 1024;

/** What the files of all jobs may take; beyond, the oldest results go. */
const LIMITS = { bytes: 256 * 1024 * 1024, jobs: 1_000 };

/** Bytes of the results of one job beyond which rows say that they failed, and no longer why. */
const FULL_BYTES = 16 * 1024 * 1024;

/** Results while they are written. */
export interface ResultFile {
  /** Appends the rows. @returns the size of the file with them, bytes */
  append(rows: readonly BulkRow[]): Promise<number>;
  close(): Promise<void>;
}

export type BulkFiles = ReturnType<typeof createBulkFiles>;

/** Keeps its files in the folder `bulk` of the data directory, two for each job. */
export function createBulkFiles(dataDir: string, fullBytes = FULL_BYTES) {
  const dir = path.join(dataDir, 'bulk');
  const idsOf = (job: JobId) => `${entryOf(dir, job)}.ids`;
  const resultsOf = (job: JobId) => `${entryOf(dir, job)}.results`;

  /** What the files of each job take, oldest first. */
  async function sizes(): Promise<{ job: JobId; bytes: number }[]> {
    const jobs = new Map<string, { bytes: number; at: number }>();
    for (const { name } of await listOwned(dataDir, dir)) {
      const found = await fs.promises.lstat(path.join(dir, name)).catch(() => null);
      if (found === null) continue;
      const job = path.parse(name).name;
      const { bytes, at } = jobs.get(job) ?? { bytes: 0, at: 0 };
      jobs.set(job, { bytes: bytes + found.size, at: Math.max(at, found.mtimeMs) });
    }
    return [...jobs].sort(([, a], [, b]) => a.at - b.at).map(([job, { bytes }]) => ({ job: job as JobId, bytes }));
  }

  async function remove(job: JobId): Promise<void> {
    await removeOwned(dataDir, idsOf(job));
    await removeOwned(dataDir, resultsOf(job));
  }

  return {
    has: (job: JobId) => fs.existsSync(idsOf(job)),
    /** Writes the ids that a new job works on. @throws AppError `resource-limit-exceeded` when they are too many to be read again */
    begin(job: JobId, ids: readonly string[]): void {
      const text = ids.join('\n');
      if (Buffer.byteLength(text) > IDS_BYTES)
        throw new AppError('resource-limit-exceeded', 'The filter matches too many rows for one job; narrow it.');
      makeOwnedFolder(dataDir, dir);
      writeNewOwned(dataDir, idsOf(job), text);
    },
    async ids(job: JobId): Promise<string[]> {
      const text = (await readOwned(dataDir, idsOf(job), IDS_BYTES)).toString();
      return text === '' ? [] : text.split('\n');
    },
    /** Opens the results to go on after their first `bytes`; what follows was written after the last checkpoint. */
    async results(job: JobId, bytes: number): Promise<ResultFile> {
      const handle = await openOwnedLog(dataDir, resultsOf(job));
      const found = await handle.stat();
      if (found.size < bytes) {
        await handle.close();
        throw new AppError('record-damaged', 'Results of this job are missing, so it cannot go on.');
      }
      await handle.truncate(bytes);
      return resultFile(handle, bytes, fullBytes);
    },
    /**
     * Up to `limit` rows from byte `from` on; `ok: false` leaves out those that went well.
     * @returns the rows, and where the next ones begin; null at the end
     * @throws AppError `validation-error` when no row begins at `from`, `record-damaged` for a row that cannot be read
     */
    async read(job: JobId, from: number, limit: number, ok: boolean | undefined) {
      if (!fs.existsSync(resultsOf(job))) return { rows: [], next: null };
      const handle = await openOwnedRead(dataDir, resultsOf(job));
      try {
        return await readRows(handle, from, limit, ok);
      } finally {
        await handle.close();
      }
    },
    /** Removes what belongs to jobs that are not `kept`, and the oldest results of ended jobs while all take more than the limits. */
    async prune(kept: (job: JobId) => boolean, ended: (job: JobId) => boolean, limits = LIMITS): Promise<void> {
      const all = await sizes();
      let bytes = all.reduce((sum, one) => sum + one.bytes, 0);
      let count = all.length;
      for (const one of all) {
        const tooMuch = bytes > limits.bytes || count > limits.jobs;
        if (kept(one.job) && !(tooMuch && ended(one.job))) continue;
        await remove(one.job);
        bytes -= one.bytes;
        count -= 1;
      }
    },
  };
}

function resultFile(handle: FileHandle, bytes: number, fullBytes: number): ResultFile {
  let size = bytes;
  return {
    async append(rows) {
      const text = rows
        .map(({ id, ok, error }) => `${JSON.stringify(size < fullBytes ? { id, ok, error } : { id, ok })}\n`)
        .join('');
      await handle.appendFile(text);
      size += Buffer.byteLength(text);
      return size;
    },
    close: () => handle.close(),
  };
}

/** See `read` of {@link createBulkFiles}. */
async function readRows(handle: FileHandle, from: number, limit: number, ok: boolean | undefined) {
  if (!(await beginsLine(handle, from))) throw notACursor(RESULTS);
  const rows: BulkRow[] = [];
  let at = from;
  for (;;) {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(WINDOW), 0, WINDOW, at);
    let line = 0;
    for (let end = buffer.indexOf(NEWLINE); end !== -1 && end < bytesRead; end = buffer.indexOf(NEWLINE, line)) {
      if (rows.length === limit) return { rows, next: at + line };
      const row = parseRow(buffer.toString('utf8', line, end));
      if (ok === undefined || row.ok === ok) rows.push(row);
      line = end + 1;
    }
    if (line === 0) return { rows, next: null };
    at += line;
  }
}

/** Whether a line begins at `at`, or the file ends before. */
async function beginsLine(handle: FileHandle, at: number): Promise<boolean> {
  if (at === 0) return true;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, at - 1);
  return bytesRead === 0 || buffer[0] === NEWLINE;
}

function parseRow(line: string): BulkRow {
  try {
    return BulkRow.parse(JSON.parse(line));
  } catch (cause) {
    throw new AppError('record-damaged', 'A line of these results cannot be read.', { cause });
  }
}
