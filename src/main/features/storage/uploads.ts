/** Uploads: bytes that arrive over HTTP and are named by id afterwards. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Upload } from '../../../contract/host/jobs.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { UploadId } from '../../../contract/kernel/scalars.ts';
import { type Clock, iso } from '../../core/clock.ts';
import { createOwnedStream, makeOwnedFolder } from '../../core/disk/owned-files.ts';
import { entryOf, removeOwned } from '../../core/disk/owned-trees.ts';
import { newId } from '../../core/ids.ts';
import { notFound } from '../../core/operation/versioned.ts';
import { PART } from './backups.ts';
import type { StorageStore } from './store.ts';
import { type Allowance, createQuota, roomBelow } from './upload-quota.ts';

const TTL_MS = 24 * 3_600_000;

/** Counts and hashes what flows through it, and breaks the flow where no more is taken. */
function createMeter(allowance: Allowance) {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      const refusal = allowance(bytes);
      if (refusal === null) done(null, chunk);
      else done(refusal);
    },
  });
  return { stream, measured: () => ({ bytes, sha256: hash.digest('hex') }) };
}

/** Writes a stream to a file of its own, which is there as a whole or not at all. @returns its size and hash */
async function receive(bytes: Readable, allowance: Allowance, dir: string, partial: string, file: string) {
  const meter = createMeter(allowance);
  try {
    // Nothing is awaited before the pipeline listens: a stream that breaks earlier would be an uncaught exception.
    makeOwnedFolder(path.dirname(dir), dir);
    await pipeline(bytes, meter.stream, createOwnedStream(path.dirname(dir), partial, 'new'));
    await fs.promises.rename(partial, file);
  } catch (error) {
    await removeOwned(path.dirname(dir), partial);
    throw error;
  }
  return meter.measured();
}

/** Notes that a file is there, or removes it: without its row nothing else ever would. */
async function orRemove(dir: string, file: string, note: () => void): Promise<void> {
  try {
    note();
  } catch (error) {
    await removeOwned(path.dirname(dir), file);
    throw error;
  }
}

interface Announced {
  name: string;
  mime: string;
  principal: string;
  /** Length, where the caller says it: no more is taken. */
  bytes?: number | undefined;
}

const notOpen = (is: string, actual: string) =>
  new AppError('invalid-state', `This upload ${is}; start another one.`, { extra: { expected: 'open', actual } });

/** Creates the service over a folder. */
export function createUploads(store: StorageStore, clock: Clock, dir: string, roomOf = roomBelow) {
  const fileOf = (id: UploadId) => entryOf(dir, id);
  const partOf = (id: UploadId) => `${fileOf(id)}${PART}`;
  /** Uploads whose bytes are arriving. */
  const writing = new Set<UploadId>();
  const quota = createQuota(store, path.dirname(dir), roomOf);

  return {
    /**
     * Announces a file; its bytes follow with {@link write}.
     * @throws AppError `resource-limit-exceeded` when the caller has stored as much as it may
     */
    begin(meta: Announced): { id: UploadId } {
      const id = newId('upload');
      const now = clock.now();
      quota.admit(id, meta);
      store.insertUpload({
        id,
        name: meta.name,
        mime: meta.mime,
        bytes: null,
        sha256: null,
        principal: meta.principal,
        created_at: now,
        expires_at: now + TTL_MS,
      });
      return { id };
    },
    /**
     * Stores the bytes of an announced file. A broken stream leaves nothing behind.
     * @throws AppError `not-found`, `invalid-state` when it is complete or its bytes are arriving already, `payload-too-large`
     */
    async write(id: UploadId, bytes: Readable): Promise<Upload> {
      const row = store.upload(id);
      if (!row) throw notFound('upload', id);
      if (row.bytes !== null) throw notOpen('is complete', 'complete');
      if (writing.has(id)) throw notOpen('is already in progress', 'writing');
      writing.add(id);
      try {
        const measured = await receive(bytes, quota.reserve(row), dir, partOf(id), fileOf(id));
        await orRemove(dir, fileOf(id), () => store.completeUpload(id, measured));
        quota.forget(id);
        return { upload_id: id, ...measured, expires_at: iso(row.expires_at) };
      } finally {
        writing.delete(id);
        quota.release(id);
      }
    },
    /** Takes back an announcement whose bytes can come no more; one that is complete, or is coming, stays. */
    forget(id: UploadId): void {
      if (writing.has(id) || store.upload(id)?.bytes != null) return;
      quota.forget(id);
      store.removeUpload(id);
    },
    /** A complete upload of a caller, or with null of anybody, for tasks made with its id. @throws AppError `not-found` */
    require(id: UploadId, principal: string | null): { file: string; name: string } {
      const row = store.upload(id);
      if (!row || row.bytes === null || row.principal !== (principal ?? row.principal)) throw notFound('upload', id);
      return { file: fileOf(id), name: row.name };
    },
    /** Forgets an upload whose file was taken. */
    async taken(id: UploadId): Promise<void> {
      await removeOwned(path.dirname(dir), fileOf(id));
      store.removeUpload(id);
    },
    /** Removes uploads that have expired, but for those whose bytes are arriving: they go the next time. */
    async prune(signal: AbortSignal): Promise<void> {
      for (const id of store.expiredUploads(clock.now()).filter((expired) => !writing.has(expired))) {
        if (signal.aborted) return;
        try {
          // A host that was killed leaves the part that had arrived.
          for (const file of [fileOf(id), partOf(id)]) await removeOwned(path.dirname(dir), file);
        } finally {
          quota.forget(id);
          store.removeUpload(id);
        }
      }
    },
  };
}
