/** The only SQL of consents. */
import { and, eq } from 'drizzle-orm';
import type { Db } from '../../../core/db/index.ts';
import type { Events } from '../../../core/events.ts';
import { exitConsent } from './schema-exits.ts';

/** Creates the store. */
export function createConsentStore(db: Db, events: Events) {
  const { orm } = db;
  return {
    /** When an operator accepted exactly this exit, unix ms; null when nobody has. */
    at(profileId: string, exit: string): number | null {
      const its = and(eq(exitConsent.profile_id, profileId), eq(exitConsent.exit, exit));
      return orm.select({ at: exitConsent.at }).from(exitConsent).where(its).get()?.at ?? null;
    },
    accept(profileId: string, exit: string, at: number): void {
      db.transaction(() => {
        const row = { profile_id: profileId, exit, at };
        orm.insert(exitConsent).values(row).onConflictDoUpdate({ target: exitConsent.profile_id, set: row }).run();
        events.append({ type: 'profile.exit', entity: 'profile', id: profileId, version: null });
      });
    },
  };
}
export type ConsentStore = ReturnType<typeof createConsentStore>;
