/** The SQL of stored responses. */
import { and, eq, lt } from 'drizzle-orm';
import type { Db } from '../../core/db/index.ts';
import { type ResponseRow, response } from './schema.ts';

/** A response by its place in a chain, and the bytes of JSON that it takes. */
export type Link = Pick<ResponseRow, 'previous_id'> & { bytes: number };

// SQLite knows the octets of a column from the head of its row: what was said may take megabytes and is not read.
const BYTES = 'octet_length(input) + octet_length(response)';

export function createResponseStore({ orm, raw }: Db) {
  const own = (id: string, principal: string) => and(eq(response.id, id), eq(response.principal, principal));
  const link = raw.prepare(`SELECT previous_id, ${BYTES} AS bytes FROM response WHERE id = ? AND principal = ?`);
  const sum = raw.prepare(`SELECT coalesce(sum(${BYTES}), 0) AS bytes FROM response WHERE principal = ?`);
  /** What the responses of each principal take, counted once and then kept up to date. */
  const held = new Map<string, number>();

  return {
    get: (id: string, principal: string): ResponseRow | undefined =>
      orm.select().from(response).where(own(id, principal)).get(),
    link: (id: string, principal: string) => link.get(id, principal) as Link | undefined,
    /** What all responses of a principal take, bytes of JSON. */
    held(principal: string): number {
      const known = held.get(principal) ?? (sum.get(principal) as { bytes: number }).bytes;
      held.set(principal, known);
      return known;
    },
    save(row: ResponseRow): void {
      orm.insert(response).values(row).onConflictDoNothing().run();
      const known = held.get(row.principal);
      if (known !== undefined)
        held.set(row.principal, known + ((link.get(row.id, row.principal) as Link | undefined)?.bytes ?? 0));
    },
    /** @returns whether there was one */
    remove(id: string, principal: string): boolean {
      held.delete(principal);
      return orm.delete(response).where(own(id, principal)).run().changes > 0;
    },
    prune(before: number): void {
      held.clear();
      orm.delete(response).where(lt(response.created_at, before)).run();
    },
  };
}
export type ResponseStore = ReturnType<typeof createResponseStore>;
