/** The SQL of downloads that are not over, and of the hub's token. */
import { and, asc, eq } from 'drizzle-orm';
import type { Db } from '../../../core/db/index.ts';
import { readableRows } from '../../../core/db/index.ts';
import type { Events } from '../../../core/events.ts';
import { type DownloadRow, hubToken, modelDownload } from '../schema.ts';

type Which = Pick<DownloadRow, 'repo' | 'variant'>;

/** Creates the store. */
export function createDownloadStore(db: Db, events: Events) {
  const { orm } = db;
  const key = (repo: string, variant: string) => and(eq(modelDownload.repo, repo), eq(modelDownload.variant, variant));
  const touch = ({ repo, variant }: Which) =>
    events.append({ type: 'download.updated', entity: 'download', id: `${repo}:${variant}` });
  /** Tells those that wait for it how a download ended. */
  function tell({ repo, variant }: Which, end: { model_id: string } | { error: string }): void {
    const what = 'model_id' in end ? 'finished' : 'failed';
    const id = `${repo}:${variant}`;
    events.append({ type: `download.${what}`, entity: 'download', id, data: { repo, variant, ...end } });
  }

  return {
    save(row: DownloadRow): void {
      db.transaction(() => {
        orm
          .insert(modelDownload)
          .values(row)
          .onConflictDoUpdate({ target: [modelDownload.repo, modelDownload.variant], set: row })
          .run();
        touch(row);
        if (row.problem !== null) tell(row, { error: row.problem });
      });
    },
    get: (repo: string, variant: string): DownloadRow | undefined =>
      orm.select().from(modelDownload).where(key(repo, variant)).get(),
    all: (): DownloadRow[] =>
      readableRows(db, 'model_download', {
        ...{ table: modelDownload, id: modelDownload.job, where: undefined, order: [asc(modelDownload.created_at)] },
      }),
    /** @param model_id what it has become; without it is discarded */
    remove(row: Which, model_id?: string): void {
      db.transaction(() => {
        orm.delete(modelDownload).where(key(row.repo, row.variant)).run();
        touch(row);
        if (model_id !== undefined) tell(row, { model_id });
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
