/** Idempotency keys (api.md §4.5): the same request under the same key runs once within 24 hours. */
import { createHash } from 'node:crypto';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { Clock } from '../../../core/clock.ts';
import type { IdempotencyStore } from './store.ts';

export { createIdempotencyStore, type IdempotencyStore } from './store.ts';

const KEEP_MS = 24 * 3_600_000;
const PRUNE_EVERY_MS = 3_600_000;
const KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?$/;

/** Runs work at most once per key. */
export interface Idempotency {
  /**
   * @param input parsed input; the order of members does not matter
   * @throws AppError `validation-error` for a malformed key, `idempotency-in-progress` while the first request runs,
   *   `idempotency-key-reuse` for another operation or input
   */
  once(
    request: { principal: string; key: string; op: string; input: unknown },
    run: () => Promise<unknown>,
  ): Promise<{ value: unknown; replayed: boolean }>;
}

/** JSON with sorted members, so that equal inputs have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** Creates the guard over its table. */
export function createIdempotency(store: IdempotencyStore, clock: Clock): Idempotency {
  let pruned = Number.NEGATIVE_INFINITY;

  /** The stored answer, or undefined when this request is now the first. */
  function claim(principal: string, key: string, op: string, hash: string): string | undefined {
    const now = clock.now();
    if (now - pruned > PRUNE_EVERY_MS) {
      pruned = now;
      store.prune(now - KEEP_MS);
    }
    let row = store.find(principal, key);
    if (row && row.created_at < now - KEEP_MS) {
      store.remove(principal, key);
      row = undefined;
    }
    if (!row) {
      store.insert(principal, key, op, hash, now);
      return undefined;
    }
    if (row.op !== op || row.input_hash !== hash) throw new AppError('idempotency-key-reuse');
    if (row.status === 'running' || row.response === null) {
      throw new AppError('idempotency-in-progress', undefined, { extra: { retry_after: 1 } });
    }
    return row.response;
  }

  return {
    async once({ principal, key, op, input }, run) {
      if (!KEY.test(key)) {
        const reason = 'Idempotency-Key must be 1 to 200 printable characters';
        throw new AppError('validation-error', `Field 'Idempotency-Key': ${reason}`, {
          errors: { 'Idempotency-Key': reason },
          extra: { field: 'Idempotency-Key', reason },
        });
      }
      const hash = createHash('sha256').update(canonicalJson(input)).digest('hex');
      const stored = store.transaction(() => claim(principal, key, op, hash));
      if (stored !== undefined) return { value: JSON.parse(stored), replayed: true };
      try {
        const value = await run();
        store.complete(principal, key, JSON.stringify(value));
        return { value, replayed: false };
      } catch (error) {
        // A failed request leaves no trace: the client repeats it under the same key.
        store.remove(principal, key);
        throw error;
      }
    },
  };
}
