/** Keeps what browsers send and receive through their proxies, and ends those whose budget is spent. */
import {
  type HostTraffic,
  type ProfileTraffic,
  TRAFFIC_HOSTS,
  type Traffic,
  type TrafficBudget,
  TrafficRun,
} from '../../../../contract/automation/profile/traffic.ts';
import type { AppError } from '../../../../contract/kernel/errors.ts';
import { type Clock, iso, isoOrNull } from '../../../core/clock.ts';
import { type Db, recordsOf } from '../../../core/db/index.ts';
import { randomToken } from '../../../core/ids.ts';
import type { Logger } from '../../../core/log/logger.ts';
import { spentBudget } from './budget.ts';
import { addTo, type ByHost, both, type Meter, OTHERS } from './meter.ts';
import type { TrafficRunRow } from './schema.ts';
import type { TrafficStore } from './store.ts';

/** How often budgets are looked at, ms; what runs over in between is what one connection brings. */
const LOOK_MS = 250;
/** How often what was counted is stored, ms. */
const STORE_MS = 10_000;
const RUNS_SHOWN = 20;
const DAY_MS = 86_400_000;
const RUNS_KEPT_MS = 90 * DAY_MS;
const DAYS_KEPT_MS = 400 * DAY_MS;

/** Whose browser it is. */
export interface TrafficOf {
  profileId: string | null;
  taskId: string | null;
  attempt: number | null;
  budget: TrafficBudget | null;
}

/** The way that it goes. */
export interface TrafficVia {
  proxyId: string;
  proxyName: string;
  exitIp: string | null;
}

/** One browser that is counted. */
export interface Metered {
  /** Counts what came last, and stores it. */
  end(): void;
}

const NONE: Traffic = { up_bytes: 0, down_bytes: 0 };
const plus = (one: Traffic, other: Traffic): Traffic => ({
  up_bytes: one.up_bytes + other.up_bytes,
  down_bytes: one.down_bytes + other.down_bytes,
});
const sumOf = (sums: ByHost): Traffic => [...sums.values()].reduce(plus, NONE);

/** The hosts with most, and the sum of the others. */
function topOf(sums: ByHost): { hosts: HostTraffic[]; others: Traffic } {
  const named = [...sums].filter(([host]) => host !== OTHERS).sort(([, one], [, other]) => both(other) - both(one));
  const rest = new Map(named.slice(TRAFFIC_HOSTS));
  addTo(rest, OTHERS, sums.get(OTHERS) ?? NONE);
  return { hosts: named.slice(0, TRAFFIC_HOSTS).map(([host, sum]) => ({ host, ...sum })), others: sumOf(rest) };
}

const byHost = (rows: readonly Pick<TrafficRunRow, 'hosts'>[]): ByHost => {
  const sums: ByHost = new Map();
  for (const { hosts } of rows) for (const { host, ...sum } of hosts) addTo(sums, host, sum);
  return sums;
};

function toRun({ up, down, ...row }: TrafficRunRow): TrafficRun {
  return {
    ...row,
    ...topOf(byHost([row])),
    ...{ up_bytes: up, down_bytes: down },
    ...{ started_at: iso(row.started_at), ended_at: isoOrNull(row.ended_at) },
  };
}

/** Creates it. */
export function createTraffic(deps: { db: Db; store: TrafficStore; clock: Clock; log: Logger }) {
  const { db, store, clock, log } = deps;
  /** In the memory of this host, for its metrics. */
  let total: Traffic | null = null;
  const shown = (rows: TrafficRunRow[]) => recordsOf(db, 'proxy', TrafficRun, rows, toRun);

  return {
    /** @throws AppError `traffic-spent` when a profile has nothing left of its day or month */
    requireLeft(of: Pick<TrafficOf, 'profileId' | 'budget'>): void {
      if (of.profileId === null) return;
      const error = spentBudget(of.budget, { run: NONE, ...store.usedBy(of.profileId, clock.now()) });
      if (error !== null) throw error;
    },
    /** Counts a browser. @param spent called once, when the budget of its profile is used up */
    begin(meter: Meter, of: TrafficOf, via: TrafficVia, spent: (why: AppError) => void): Metered {
      const sums: ByHost = new Map();
      let stored = of.profileId === null ? { day: NONE, month: NONE } : store.usedBy(of.profileId, clock.now());
      let fresh = NONE;
      let storedAt = clock.monotonic();
      let isOver = false;
      const row: TrafficRunRow = {
        ...{ id: randomToken(12), profile_id: of.profileId, task_id: of.taskId, attempt: of.attempt },
        ...{ proxy_id: via.proxyId, proxy_name: via.proxyName, exit_ip: via.exitIp },
        ...{ started_at: clock.now(), ended_at: null, up: 0, down: 0, hosts: [], spent: null },
      };
      const count = () => {
        const taken = meter.take();
        for (const [host, sum] of taken) addTo(sums, host, sum);
        fresh = plus(fresh, sumOf(taken));
      };
      const save = () => {
        const { up_bytes: up, down_bytes: down } = sumOf(sums);
        Object.assign(row, { up, down, hosts: [...sums].map(([host, sum]) => ({ host, ...sum })) });
        const at = clock.now();
        store.save(row, fresh, at);
        total = plus(total ?? store.total(), total === null ? NONE : fresh);
        fresh = NONE;
        storedAt = clock.monotonic();
        if (of.profileId !== null) stored = store.usedBy(of.profileId, at);
      };
      const judge = () => {
        const used = { run: sumOf(sums), day: plus(stored.day, fresh), month: plus(stored.month, fresh) };
        const error = isOver ? null : spentBudget(of.budget, used);
        if (error === null) return;
        isOver = true;
        row.spent = error.message;
        log.warn('proxies', 'The browser of a profile was closed because its traffic budget is spent', {
          ...{ profile_id: of.profileId, limit: error.extra.limit, used_bytes: error.extra.used_bytes },
        });
        spent(error);
        save();
        if (of.profileId !== null) store.tellSpent(of.profileId, error.message);
      };
      const look = () => {
        cancel = clock.schedule(look, LOOK_MS);
        try {
          count();
          judge();
          if (both(fresh) > 0 && clock.monotonic() - storedAt >= STORE_MS) save();
        } catch (error) {
          log.error('proxies', 'Traffic could not be stored; it is counted on', { error });
          storedAt = clock.monotonic();
        }
      };
      save();
      let cancel = clock.schedule(look, LOOK_MS);
      return {
        end() {
          cancel();
          try {
            count();
            row.ended_at = clock.now();
            save();
          } catch (error) {
            log.error('proxies', 'The traffic of a browser could not be stored', { error });
          }
        },
      };
    },
    /** What is known of a profile. */
    ofProfile(id: string, budget: TrafficBudget | null, metered: boolean): ProfileTraffic {
      const rows = store.runsOfProfile(id, RUNS_SHOWN);
      const { day, month } = store.usedBy(id, clock.now());
      const spent = spentBudget(budget, { run: NONE, day, month })?.message ?? null;
      return { metered, budget, today: day, month, spent, ...topOf(byHost(rows)), runs: shown(rows) };
    },
    ofTask: (id: string): { items: TrafficRun[] } => ({ items: shown(store.runsOfTask(id, 100)) }),
    /** Bytes of each of these proxies this month, both ways. */
    ofProxies: (ids: readonly string[]) => store.ofProxies(ids, clock.now()),
    /** Of all browsers that are remembered. */
    total: (): Traffic => {
      total ??= store.total();
      return total;
    },
    closeAll: store.closeAll,
    /** Forgets what is old. */
    forget: (): void => store.forget(clock.now() - RUNS_KEPT_MS, clock.now() - DAYS_KEPT_MS),
  };
}
export type TrafficBook = ReturnType<typeof createTraffic>;
