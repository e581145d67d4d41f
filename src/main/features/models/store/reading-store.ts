/** The SQL of what is being read. */
import { eq } from 'drizzle-orm';
import type { Db } from '../../../core/db/index.ts';
import { modelReading } from '../schema.ts';

export function createReadingStore({ orm }: Db) {
  return {
    all: (): string[] =>
      orm
        .select()
        .from(modelReading)
        .all()
        .map(({ path }) => path),
    begin: (path: string): void => void orm.insert(modelReading).values({ path }).onConflictDoNothing().run(),
    end: (path: string): void => void orm.delete(modelReading).where(eq(modelReading.path, path)).run(),
  };
}
export type ReadingStore = ReturnType<typeof createReadingStore>;
