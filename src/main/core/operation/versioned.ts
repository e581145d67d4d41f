/** Optimistic concurrency: an `If-Match` mismatch is 412, a stale `version` in the body is 409. Deleted entities can be restored for a while. */
import { AppError } from '../../../contract/kernel/errors.ts';

/** How long a deleted entity can be restored, ms. */
export const TRASH_MS = 30 * 86_400_000;

/**
 * Checks that a change was made against the current version; neither version given means last write wins.
 * @throws AppError `version-conflict` with `current_version`
 */
export function checkVersion(current: number, bodyVersion: number | undefined, ifMatch: number | undefined): void {
  const extra = { current_version: current };
  if (ifMatch !== undefined && ifMatch !== current) {
    throw new AppError('version-conflict', undefined, { status: 412, extra });
  }
  if (bodyVersion !== undefined && bodyVersion !== current)
    throw new AppError('version-conflict', undefined, { extra });
}

/** The members that a patch really sets. */
export type Changes<T> = { [K in Exclude<keyof T, 'id' | 'version'>]?: Exclude<T[K], undefined> };

/** A patch without its undefined members and without `id` and `version`, so that it can be spread over a row. */
export function changesOf<T extends { id: unknown; version?: unknown }>(patch: T): Changes<T> {
  const { id: _id, version: _version, ...rest } = patch;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as Changes<T>;
}

/** `not-found` for a resource. */
export function notFound(resource: string, id: string): AppError {
  return new AppError('not-found', `There is no ${resource} ${id}; list the ${resource}s to see what exists.`, {
    extra: { resource, id },
  });
}
