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

/** Bytes of an upload between two looks at the disk. */
const LOOK_EVERY_BYTES = 8 * 1024 ** 2;

/** Why an upload of which so many bytes have arrived may not go on, or null. */
export type Allowance = (bytes: number) => AppError | null;

interface Limit {
  bytes: number;
  error: AppError;
}

const tooMuch = (resource: string, limit: number, current: number) =>
  new AppError('resource-limit-exceeded', 'You have too many uploads that are not used yet; they expire after a day.', {
    extra: { resource, limit, current, retry_after: 3600 },
  });

/** Bytes that uploads may still take on the disk of a folder. */
export function roomBelow(dir: string): number {
  const { bavail, bsize } = fs.statfsSync(dir);
  return bavail * bsize - RESERVE_BYTES;
}

/** Creates the quota of the uploads below `root`. @param roomOf see {@link roomBelow} */
export function createQuota(store: StorageStore, root: string, roomOf = roomBelow) {
  /** Announced lengths. In memory only: the tickets to send the bytes do not outlive the host either. */
  const announced = new Map<UploadId, number>();
  /** Uploads whose bytes are arriving, with the most that each may become. */
  const arriving = new Map<UploadId, { principal: string; bytes: number }>();

  function held(principal: string): number {
    const own = [...arriving.values()].filter((upload) => upload.principal === principal);
    return own.reduce((sum, { bytes }) => sum + bytes, store.uploadsOf(principal).bytes);
  }

  /** The narrower of what was announced and what the caller may have. */
  function limitOf({ id, principal }: UploadRow): Limit {
    const stored = held(principal);
    const most = announced.get(id) ?? MAX_UPLOAD_BYTES;
    return most <= MAX_CALLER_BYTES - stored
      ? { bytes: most, error: new AppError('payload-too-large', undefined, { extra: { limit_bytes: most } }) }
      : { bytes: MAX_CALLER_BYTES - stored, error: tooMuch('upload_bytes', MAX_CALLER_BYTES, stored) };
  }

  function noRoom(needed: number): AppError | null {
    const room = roomOf(root);
    if (room >= needed) return null;
    return new AppError('storage-full', undefined, { extra: { path: root, free_bytes: Math.max(0, room) } });
  }

  return {
    /** Keeps a part of the caller's share until {@link release}. */
    reserve(row: UploadRow): Allowance {
      const limit = limitOf(row);
      arriving.set(row.id, { principal: row.principal, bytes: Math.max(0, limit.bytes) });
      let lookAt = 0;
      return (bytes) => {
        if (bytes > limit.bytes) return limit.error;
        if (bytes < lookAt) return null;
        // Others write too: the room is what it is now, not what it was at the start.
        lookAt = bytes + LOOK_EVERY_BYTES;
        return noRoom((announced.get(row.id) ?? bytes) - bytes);
      };
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
