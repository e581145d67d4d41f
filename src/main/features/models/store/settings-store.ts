/** The SQL of what is set for generations. */
import { and, eq } from 'drizzle-orm';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Db } from '../../../core/db/index.ts';
import { generationParams, modelSettings } from '../schema.ts';

/** Creates the store. Repos and quantizations are the same in any case. */
export function createSettingsStore({ orm }: Db, clock: Clock) {
  const key = (repo: string, variant: string) =>
    and(eq(modelSettings.repo, repo.toLowerCase()), eq(modelSettings.variant, variant.toLowerCase()));
  return {
    settings: (repo: string, variant: string): Json | undefined =>
      orm.select().from(modelSettings).where(key(repo, variant)).get()?.settings,
    saveSettings(repo: string, variant: string, settings: Json): void {
      const row = { repo: repo.toLowerCase(), variant: variant.toLowerCase(), settings, updated_at: clock.now() };
      orm
        .insert(modelSettings)
        .values(row)
        .onConflictDoUpdate({ target: [modelSettings.repo, modelSettings.variant], set: row })
        .run();
    },
    params: (session: string): Json | undefined =>
      orm.select().from(generationParams).where(eq(generationParams.session, session)).get()?.params,
    saveParams(session: string, params: Json): void {
      const row = { session, params, updated_at: clock.now() };
      orm.insert(generationParams).values(row).onConflictDoUpdate({ target: generationParams.session, set: row }).run();
    },
    removeParams: (session: string): void =>
      void orm.delete(generationParams).where(eq(generationParams.session, session)).run(),
  };
}
export type SettingsStore = ReturnType<typeof createSettingsStore>;
