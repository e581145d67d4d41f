/** The only SQL of jobs. */
import { and, asc, eq, inArray, lt, sql } from 'drizzle-orm';
import { jobRecord } from '../../../contract/host/jobs.ts';
import { AppError, problemOf } from '../../../contract/kernel/errors.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import type { JobId, Json } from '../../../contract/kernel/scalars.ts';
import { type Db, type ListInput, listPage, readableRows, rowById } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import { type JobRow, job, NO_PROGRESS } from './schema.ts';

/** Filters, order and page of a list. */
export type JobListInput = ListInput<typeof jobRecord.filters>;

const LIVE = ['queued', 'running'] as const;

/** Fails a live job whose row is damaged: it could not be resumed, and would keep its join key taken. */
function failDamaged({ orm }: Db, id: unknown): void {
  const ended = {
    status: 'failed' as const,
    finished_at: sql`created_at`,
    error: problemOf(new AppError('record-damaged')),
  };
  const emptied = { input: {}, checkpoint: null, result: null, progress: NO_PROGRESS };
  orm
    .update(job)
    .set({ ...ended, ...emptied })
    .where(sql`${job.id} IS ${id}`)
    .run();
}

/** Creates the store. */
export function createJobStore(db: Db, events: Events) {
  const { orm } = db;
  const live = inArray(job.status, [...LIVE]);
  /** The area is the job's own: who may not see the job learns nothing of it, its id included. */
  const announce = ({ id, area }: Pick<JobRow, 'id' | 'area'>, type: 'job.created' | 'job.updated') =>
    events.append({ type, entity: 'job', id, data: { area } });

  function change(id: JobId, facts: Partial<JobRow>): boolean {
    return db.transaction(() => {
      const changed = orm
        .update(job)
        .set(facts)
        .where(and(eq(job.id, id), inArray(job.status, [...LIVE])))
        .returning({ area: job.area })
        .get();
      if (changed) announce({ id, ...changed }, 'job.updated');
      return changed !== undefined;
    });
  }

  return {
    insert(row: JobRow): void {
      db.transaction(() => {
        orm.insert(job).values(row).run();
        announce(row, 'job.created');
      });
    },
    /** Changes a job that still runs; false when it has ended meanwhile. */
    change,
    end(id: JobId, status: 'succeeded' | 'failed' | 'cancelled', facts: Partial<JobRow>, at: number): void {
      change(id, { ...facts, status, checkpoint: null, finished_at: at });
    },
    get: rowById(db, job),
    status: (id: JobId): JobRow['status'] | undefined =>
      orm.select({ status: job.status }).from(job).where(eq(job.id, id)).get()?.status,
    live: (joinKey: string): JobRow | undefined =>
      orm
        .select()
        .from(job)
        .where(and(eq(job.join_key, joinKey), inArray(job.status, [...LIVE])))
        .get(),
    /** Stores where a job resumes. Clients see its progress, not its checkpoint, so no event is appended. */
    saveCheckpoint: (id: JobId, checkpoint: Json): void =>
      void orm
        .update(job)
        .set({ checkpoint, starts: 0 })
        .where(and(eq(job.id, id), eq(job.status, 'running')))
        .run(),
    /** Jobs that have not ended, oldest first. */
    unfinished: (): JobRow[] =>
      readableRows(
        db,
        'job',
        { table: job, id: job.id, where: live, order: [asc(job.created_at), asc(job.id)] },
        (id) => failDamaged(db, id),
      ),
    /** Jobs of these areas. */
    list(query: JobListInput, areas: JobRow['area'][]): Page<JobRow> {
      return listPage(db, query, {
        table: job,
        sortable: {
          id: job.id,
          created_at: job.created_at,
          kind: job.kind,
          status: job.status,
          finished_at: job.finished_at,
        },
        id: job.id,
        where: inArray(job.area, areas),
        record: jobRecord,
        sources: { kind: job.kind, status: job.status },
      });
    },
    prune: (before: number): number => orm.delete(job).where(lt(job.finished_at, before)).run().changes,
  };
}
export type JobStore = ReturnType<typeof createJobStore>;
