/** The only SQL of consents. */
import type { Db } from '../../../core/db/index.ts';
import type { Events } from '../../../core/events.ts';

/** Creates the store. */
export function createConsentStore(db: Db, events: Events) {
  const get = db.raw.prepare<[string, string], { at: number }>(
    'SELECT at FROM exit_consent WHERE profile_id = ? AND exit = ?',
  );
  const put = db.raw.prepare<[string, string, number]>(
    'INSERT INTO exit_consent (profile_id, exit, at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET exit = excluded.exit, at = excluded.at',
  );
  return {
    /** When an operator accepted exactly this exit, unix ms; null when nobody has. */
    at: (profileId: string, exit: string): number | null => get.get(profileId, exit)?.at ?? null,
    accept(profileId: string, exit: string, at: number): void {
      db.transaction(() => {
        put.run(profileId, exit, at);
        events.append({ type: 'profile.exit', entity: 'profile', id: profileId, version: null });
      });
    },
  };
}
export type ConsentStore = ReturnType<typeof createConsentStore>;
