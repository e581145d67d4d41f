/** Limits of uploads: the announced length, a share of each caller, and the free space of the disk. */
import fs from 'node:fs';
import { PAYLOAD_LIMITS } from '../../../contract/kernel/define.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { UploadId } from '../../../contract/kernel/scalars.ts';
import type { StorageStore, UploadRow } from './store.ts';

/** Largest upload, bytes. */
const MAX_UPLOAD_BYTES = PAYLOAD_LIMITS.file;
/** Unused uploads that one caller may have stored, bytes; they expire after a day. */
const MAX_CALLER_BYTES = 4 * MAX_UPLOAD_BYTES;
/** Unused uploads that one caller may have, stored or announced. */
const MAX_CALLER_UPLOADS = 1_000;
/** Space that uploads leave free on the disk, bytes. */
const RESERVE_BYTES = 256 * 1024 ** 2;

/** How many bytes are accepted, and the error for more. */
export interface Limit {
  bytes: number;
  error: AppError;
}

const tooMuch = (resource: string, limit: number, current: number) =>
  new AppError('resource-limit-exceeded', 'You have too many uploads that are not used yet; they expire after a day.', {
    extra: { resource, limit, current, retry_after: 3600 },
  });

/** Bytes that uploads may still take on the disk. */
function roomOn(dir: string): number {
  const { bavail, bsize } = fs.statfsSync(dir);
  return bavail * bsize - RESERVE_BYTES;
}

/** Quota of the uploads below `root`. */
export function createQuota(store: StorageStore, root: string) {
  /** Announced lengths. In memory only: the tickets to send the bytes do not outlive the host either. */
  const announced = new Map<UploadId, number>();
  /** Uploads whose bytes are arriving, with the most that each may become. */
  const arriving = new Map<UploadId, { principal: string; bytes: number }>();

  /** Bytes that a caller has stored or reserved. */
  function held(principal: string): number {
    const own = [...arriving.values()].filter((upload) => upload.principal === principal);
    return own.reduce((sum, { bytes }) => sum + bytes, store.uploadsOf(principal).bytes);
  }

  /** The tightest limit. */
  function limitOf({ id, principal }: UploadRow): Limit {
    const stored = held(principal);
    // Uploads that are arriving may still take all that they have reserved.
    const reserved = [...arriving.values()].reduce((sum, upload) => sum + upload.bytes, 0);
    const room = roomOn(root) - reserved;
    const most = announced.get(id) ?? MAX_UPLOAD_BYTES;
    const limits: Limit[] = [
      { bytes: most, error: new AppError('payload-too-large', undefined, { extra: { limit_bytes: most } }) },
      { bytes: MAX_CALLER_BYTES - stored, error: tooMuch('upload_bytes', MAX_CALLER_BYTES, stored) },
      { bytes: room, error: new AppError('storage-full', undefined, { extra: { path: root, free_bytes: room } }) },
    ];
    return limits.reduce((least, limit) => (limit.bytes < least.bytes ? limit : least));
  }

  return {
    /** Reserves the space of an upload until {@link release}. */
    reserve(row: UploadRow): Limit {
      const limit = limitOf(row);
      arriving.set(row.id, { principal: row.principal, bytes: Math.max(0, limit.bytes) });
      return limit;
    },
    release: (id: UploadId): void => void arriving.delete(id),
    /** @throws AppError `resource-limit-exceeded` when the caller has stored as much as it may */
    admit(id: UploadId, meta: { principal: string; bytes?: number | undefined }): void {
      const { count, bytes } = store.uploadsOf(meta.principal);
      if (count >= MAX_CALLER_UPLOADS) throw tooMuch('uploads', MAX_CALLER_UPLOADS, count);
      if (bytes + (meta.bytes ?? 0) > MAX_CALLER_BYTES) throw tooMuch('upload_bytes', MAX_CALLER_BYTES, bytes);
      if (meta.bytes !== undefined) announced.set(id, meta.bytes);
    },
    forget: (id: UploadId): void => void announced.delete(id),
  };
}
