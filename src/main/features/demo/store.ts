/** What the demo remembers between runs: the port of the shop. */
import type { Db } from '../../core/db/index.ts';

/** Creates the store over the `meta` table. */
export function createDemoStore(db: Db) {
  const select = db.raw.prepare<[string], { value: string }>('SELECT value FROM meta WHERE key = ?');
  const upsert = db.raw.prepare<[string, string]>(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  return {
    get: (key: 'demo_port'): string | null => select.get(key)?.value ?? null,
    set: (key: 'demo_port', value: string): void => void upsert.run(key, value),
  };
}
export type DemoStore = ReturnType<typeof createDemoStore>;
