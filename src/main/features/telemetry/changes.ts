/** The event table as operations: catch up and follow, filtered by what the principal may see. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { recordOf } from '../../../contract/entities.ts';
import type { Change } from '../../../contract/host/telemetry.ts';
import { AREAS, type Area } from '../../../contract/kernel/define.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import { reachesArea } from '../../../contract/kernel/rights.ts';
import type { Events } from '../../core/events.ts';
import type { Principal } from '../../core/operation/operation.ts';
import { many } from '../../core/operation/values.ts';

const OwnArea = z.object({ area: z.enum(AREAS) });

/** An entity that is not in the registry is visible to no caller: no record states its area. */
function visible(principal: Principal, change: Change): boolean {
  const record = recordOf(change.entity);
  if (!record) return false;
  const area = record.ownArea ? areaIn(change.data) : record.area;
  return area !== undefined && reachesArea(principal, area);
}

/** A change that names no area, from before it had to, is visible to nobody. */
function areaIn(data: Change['data']): Area | undefined {
  return OwnArea.safeParse(data).data?.area;
}

/** `task.*` or an exact type; however many are wanted, a type is looked at once for each of its parts. */
function typeMatcher(types: string[] | undefined): (type: string) => boolean {
  if (!types) return () => true;
  const wanted = new Set(types);
  return (type) => {
    if (wanted.has(type) && !type.endsWith('.*')) return true;
    for (let dot = type.indexOf('.'); dot >= 0; dot = type.indexOf('.', dot + 1))
      if (wanted.has(`${type.slice(0, dot)}.*`)) return true;
    return false;
  };
}

/** Changes read per turn; a follower holds at most this many in memory. */
const BATCH = 500;
/** A live follower further behind than this gets a gap instead of the whole history. */
const MAX_LAG = 20_000;

/** @throws AppError `cursor-expired` with `oldest` when history that old has been pruned, or `since` is of another history */
export function requireHistory(events: Events, since: number): void {
  // All of it may have been pruned: then the oldest change that can be had is the next one.
  const oldest = events.oldest() || events.head() + 1;
  if (since < oldest - 1 || since > events.head())
    throw new AppError('cursor-expired', undefined, { extra: { oldest } });
}

/** Creates the service. */
export function createChangeService(events: Events) {
  return {
    list(input: { since: number; limit: number }, principal: Principal) {
      requireHistory(events, input.since);
      const batch = events.list(input.since, input.limit + 1);
      const has_more = batch.length > input.limit;
      const seen = has_more ? batch.slice(0, input.limit) : batch;
      return {
        items: seen.filter((change) => visible(principal, change)),
        next_since: seen.at(-1)?.seq ?? input.since,
        has_more,
      };
    },
    /** Pull-based: a slow reader holds no buffer, it reads the table later, and gets a gap when it is too far behind. */
    async *follow(
      input: { since?: number | undefined; types?: string | string[] | undefined; ids?: string | string[] | undefined },
      principal: Principal,
      signal: AbortSignal,
    ): AsyncGenerator<Change | { type: 'hello'; seq: number } | { type: 'gap'; dropped: number; next_since: number }> {
      if (input.since !== undefined) requireHistory(events, input.since);
      const wanted = typeMatcher(many(input.types));
      const listed = many(input.ids);
      const ids = listed && new Set(listed);
      let at = input.since ?? events.head();
      let caughtUp = input.since === undefined;
      let wake: (() => void) | undefined;
      const notify = () => wake?.();
      const unsubscribe = events.subscribe(notify);
      signal.addEventListener('abort', notify, { once: true });
      try {
        yield { type: 'hello', seq: at };
        while (!signal.aborted) {
          if (caughtUp && events.head() - at > MAX_LAG) {
            const next = events.head() - BATCH;
            yield { type: 'gap', dropped: next - at, next_since: next };
            at = next;
          }
          const batch = events.list(at, BATCH);
          for (const change of batch) {
            at = change.seq;
            if (wanted(change.type) && (!ids || ids.has(change.id)) && visible(principal, change)) yield change;
            if (signal.aborted) return;
          }
          // A long history of which nothing is wanted is read without a wait otherwise, while nobody else is served.
          if (batch.length === BATCH) await nextTurn();
          if (batch.length > 0) continue;
          caughtUp = true;
          await new Promise<void>((resolve) => {
            wake = resolve;
            if (events.head() > at || signal.aborted) resolve();
          });
        }
      } finally {
        unsubscribe();
        signal.removeEventListener('abort', notify);
      }
    },
  };
}
export type ChangeService = ReturnType<typeof createChangeService>;
