/** The only SQL of traffic. */
import { desc, eq, lt } from 'drizzle-orm';
import type { Traffic } from '../../../../contract/automation/profile/traffic.ts';
import type { Db } from '../../../core/db/index.ts';
import type { Events } from '../../../core/events.ts';
import { type TrafficRunRow, trafficDay, trafficRun } from './schema-traffic.ts';

const NONE: Traffic = { up_bytes: 0, down_bytes: 0 };

/** Day of a time, `YYYY-MM-DD`; its first seven characters are the month. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Creates the store. */
export function createTrafficStore(db: Db, events: Events) {
  const { orm } = db;
  const add = db.raw.prepare<[string, string, string, number, number]>(
    `INSERT INTO traffic_day (profile_id, day, proxy_id, up, down) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET up = up + excluded.up, down = down + excluded.down`,
  );
  // Of a month the 31st is its last day or past it.
  const sum = db.raw.prepare<[string, string, string], Traffic>(
    `SELECT coalesce(sum(up), 0) AS up_bytes, coalesce(sum(down), 0) AS down_bytes FROM traffic_day
     WHERE profile_id = ? AND day BETWEEN ? AND ?`,
  );
  const byProxy = db.raw.prepare<[string, string], { proxy_id: string; n: number }>(
    `SELECT proxy_id, sum(up + down) AS n FROM traffic_day
     WHERE proxy_id IN (SELECT value FROM json_each(?)) AND day >= ? GROUP BY proxy_id`,
  );
  const total = db.raw.prepare<[], Traffic>(
    'SELECT coalesce(sum(up), 0) AS up_bytes, coalesce(sum(down), 0) AS down_bytes FROM traffic_day',
  );
  const close = db.raw.prepare<[]>('UPDATE traffic_run SET ended_at = started_at WHERE ended_at IS NULL');
  const runs = (where: ReturnType<typeof eq>, limit: number): TrafficRunRow[] =>
    orm.select().from(trafficRun).where(where).orderBy(desc(trafficRun.started_at)).limit(limit).all();

  return {
    /** Stores a run as it is now, with what came since it was stored last. */
    save(run: TrafficRunRow, fresh: Traffic, at: number): void {
      const { profile_id, proxy_id, task_id } = run;
      db.transaction(() => {
        orm.insert(trafficRun).values(run).onConflictDoUpdate({ target: trafficRun.id, set: run }).run();
        if (fresh.up_bytes + fresh.down_bytes > 0) {
          add.run(profile_id ?? '', dayOf(at), proxy_id, fresh.up_bytes, fresh.down_bytes);
        }
        events.append({ type: 'proxy.traffic', entity: 'proxy', id: proxy_id, version: null });
        if (profile_id !== null)
          events.append({ type: 'profile.traffic', entity: 'profile', id: profile_id, version: null });
        if (task_id !== null) events.append({ type: 'task.traffic', entity: 'task', id: task_id, version: null });
      });
    },
    /** Tells that the budget of a profile has ended its browser. */
    tellSpent(profileId: string, message: string): void {
      events.append({ type: 'profile.traffic_spent', entity: 'profile', id: profileId, data: { message } });
    },
    /** Of a profile, on the day and in the month of `at`. */
    usedBy(profileId: string, at: number): { day: Traffic; month: Traffic } {
      const day = dayOf(at);
      const month = day.slice(0, 7);
      return {
        day: sum.get(profileId, day, day) ?? NONE,
        month: sum.get(profileId, `${month}-01`, `${month}-31`) ?? NONE,
      };
    },
    /** Bytes of each of these proxies in the month of `at`, both ways. */
    ofProxies: (ids: readonly string[], at: number): ReadonlyMap<string, number> =>
      new Map(byProxy.all(JSON.stringify(ids), `${dayOf(at).slice(0, 7)}-01`).map(({ proxy_id, n }) => [proxy_id, n])),
    /** Of all that is kept. */
    total: (): Traffic => total.get() ?? NONE,
    runsOfProfile: (id: string, limit: number): TrafficRunRow[] => runs(eq(trafficRun.profile_id, id), limit),
    runsOfTask: (id: string, limit: number): TrafficRunRow[] => runs(eq(trafficRun.task_id, id), limit),
    /** Ends the runs of an earlier host that was killed. */
    closeAll: (): void => void close.run(),
    /** Forgets runs that began before `runsBefore` and days before `daysBefore` (unix ms). */
    forget(runsBefore: number, daysBefore: number): void {
      orm.delete(trafficRun).where(lt(trafficRun.started_at, runsBefore)).run();
      orm
        .delete(trafficDay)
        .where(lt(trafficDay.day, dayOf(daysBefore)))
        .run();
    },
  };
}
export type TrafficStore = ReturnType<typeof createTrafficStore>;
