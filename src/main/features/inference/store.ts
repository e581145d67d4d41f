/** The SQL of stored responses. */
import { and, eq, lt } from 'drizzle-orm';
import type { Db } from '../../core/db/index.ts';
import { type ResponseRow, response } from './schema.ts';

export function createResponseStore({ orm }: Db) {
  const own = (id: string, principal: string) => and(eq(response.id, id), eq(response.principal, principal));
  return {
    get: (id: string, principal: string): ResponseRow | undefined =>
      orm.select().from(response).where(own(id, principal)).get(),
    save: (row: ResponseRow): void => void orm.insert(response).values(row).onConflictDoNothing().run(),
    /** @returns whether there was one */
    remove: (id: string, principal: string): boolean =>
      orm.delete(response).where(own(id, principal)).run().changes > 0,
    prune: (before: number): void => void orm.delete(response).where(lt(response.created_at, before)).run(),
  };
}
export type ResponseStore = ReturnType<typeof createResponseStore>;
