/** The SQL of downloads that are not over, and of the hub's token. */
import { and, asc, eq } from 'drizzle-orm';
import type { Db } from '../../../core/db/index.ts';
import { readableRows } from '../../../core/db/index.ts';
import type { Events } from '../../../core/events.ts';
import { type DownloadRow, hubToken, modelDownload } from '../schema.ts';

/** Creates the store. */
export function createDownloadStore(db: Db, events: Events) {
  const { orm } = db;
  const key = (repo: string, variant: string) => and(eq(modelDownload.repo, repo), eq(modelDownload.variant, variant));
  const touch = ({ repo, variant }: Pick<DownloadRow, 'repo' | 'variant'>) =>
    events.append({ type: 'download.updated', entity: 'download', id: `${repo}:${variant}` });
  return {
    save(row: DownloadRow): void {
      db.transaction(() => {
        orm
          .insert(modelDownload)
          .values(row)
          .onConflictDoUpdate({ target: [modelDownload.repo, modelDownload.variant], set: row })
          .run();
        touch(row);
      });
    },
    get: (repo: string, variant: string): DownloadRow | undefined =>
      orm.select().from(modelDownload).where(key(repo, variant)).get(),
    all: (): DownloadRow[] =>
      readableRows(db, 'model_download', {
        ...{ table: modelDownload, id: modelDownload.job, where: undefined, order: [asc(modelDownload.created_at)] },
      }),
    remove(row: Pick<DownloadRow, 'repo' | 'variant'>): void {
      db.transaction(() => {
        orm.delete(modelDownload).where(key(row.repo, row.variant)).run();
        touch(row);
      });
    },
    token: (): string | undefined => orm.select().from(hubToken).get()?.secret,
    /** Replaces the reference. @param store stores the sealed value in the same transaction; null for none */
    setToken(secret: string | null, store: () => void): void {
      db.transaction(() => {
        orm.delete(hubToken).run();
        store();
        if (secret !== null) orm.insert(hubToken).values({ secret }).run();
      });
    },
  };
}
export type DownloadStore = ReturnType<typeof createDownloadStore>;
