/** Idempotency keys: the same request under the same key runs once within 24 hours. */
import { createHash } from 'node:crypto';
import { AppError, invalidField } from '../../../../contract/kernel/errors.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import type { Clock } from '../../../core/clock.ts';
import { parseStored } from '../../../core/db/index.ts';
import type { IdempotencyClaim } from '../../../core/operation/operation.ts';
import type { IdempotencyStore } from './store.ts';

export { createIdempotencyStore, type IdempotencyStore } from './store.ts';

const KEEP_MS = 24 * 3_600_000;
const PRUNE_EVERY_MS = 3_600_000;
const KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?$/;

/** Runs work at most once per key. */
export interface Idempotency {
  /**
   * A request that fails is forgotten unless it has committed: then the next one under its key runs with its receipt.
   * @param input parsed input; the order of members does not matter
   * @throws AppError `validation-error` for a malformed key, `idempotency-in-progress` while the first request runs,
   *   `idempotency-key-reuse` for another operation or input
   */
  once(
    request: { principal: string; key: string; op: string; input: unknown },
    run: (claim: IdempotencyClaim) => Promise<unknown>,
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
  /** Requests that run now. */
  const running = new Set<string>();

  /** The stored answer, or the receipt to run with; neither when this request is the first. */
  function claim(
    principal: string,
    key: string,
    op: string,
    hash: string,
  ): { response?: string; receipt?: Json | undefined } {
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
      return {};
    }
    if (row.op !== op || row.input_hash !== hash) throw new AppError('idempotency-key-reuse');
    if (row.status === 'done' && row.response !== null) return { response: row.response };
    if (running.has(runningKey(principal, key)) || row.receipt === null) {
      throw new AppError('idempotency-in-progress', undefined, { extra: { retry_after: 1 } });
    }
    return { receipt: parseStored<Json>(row.receipt) };
  }

  return {
    async once({ principal, key, op, input }, run) {
      if (!KEY.test(key)) {
        const reason = 'Idempotency-Key must be 1 to 200 printable characters';
        throw invalidField('Idempotency-Key', reason);
      }
      const hash = createHash('sha256').update(canonicalJson(input)).digest('hex');
      const found = store.transaction(() => claim(principal, key, op, hash));
      if (found.response !== undefined) return { value: parseStored(found.response), replayed: true };
      const id = runningKey(principal, key);
      running.add(id);
      try {
        const value = await run({
          receipt: found.receipt,
          commit: (receipt) => store.commit(principal, key, JSON.stringify(receipt)),
        });
        store.complete(principal, key, JSON.stringify(value));
        return { value, replayed: found.receipt !== undefined };
      } catch (error) {
        // Without a receipt nothing has happened: the client repeats the request under the same key.
        store.removeUncommitted(principal, key);
        throw error;
      } finally {
        running.delete(id);
      }
    },
  };
}

const runningKey = (principal: string, key: string) => JSON.stringify([principal, key]);
