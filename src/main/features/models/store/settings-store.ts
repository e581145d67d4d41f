/** The SQL of what is set for generations. */
import { and, eq, sql } from 'drizzle-orm';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Db } from '../../../core/db/index.ts';
import { generationParams, modelSettings } from '../schema.ts';

/** Creates the store. Repos and quantizations are the same in any case. */
export function createSettingsStore({ orm }: Db, clock: Clock) {
  const { placeholder } = sql;
  const key = and(eq(modelSettings.repo, placeholder('repo')), eq(modelSettings.variant, placeholder('variant')));
  // Each generation asks for them; building such a query takes longer than running it.
  const settings = orm.select().from(modelSettings).where(key).prepare();
  const params = orm
    .select()
    .from(generationParams)
    .where(eq(generationParams.session, placeholder('session')))
    .prepare();
  return {
    settings: (repo: string, variant: string): Json | undefined =>
      settings.get({ repo: repo.toLowerCase(), variant: variant.toLowerCase() })?.settings,
    saveSettings(repo: string, variant: string, saved: Json): void {
      const row = {
        repo: repo.toLowerCase(),
        variant: variant.toLowerCase(),
        settings: saved,
        updated_at: clock.now(),
      };
      orm
        .insert(modelSettings)
        .values(row)
        .onConflictDoUpdate({ target: [modelSettings.repo, modelSettings.variant], set: row })
        .run();
    },
    params: (session: string): Json | undefined => params.get({ session })?.params,
    saveParams(session: string, saved: Json): void {
      const row = { session, params: saved, updated_at: clock.now() };
      orm.insert(generationParams).values(row).onConflictDoUpdate({ target: generationParams.session, set: row }).run();
    },
    removeParams: (session: string): void =>
      void orm.delete(generationParams).where(eq(generationParams.session, session)).run(),
  };
}
export type SettingsStore = ReturnType<typeof createSettingsStore>;
