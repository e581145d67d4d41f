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
import type { Logger } from '../../../core/log/logger.ts';
import type { TrafficRunRow } from '../store/schema-traffic.ts';
import type { TrafficStore } from '../store/traffic.ts';
import { spentBudget } from './budget.ts';
import { addTo, type ByHost, both, type Meter, NONE, OTHERS, plus, sumOf } from './meter.ts';
import { type Metered, meterRun, type TrafficOf, type TrafficVia } from './run.ts';

const RUNS_SHOWN = 20;
const DAY_MS = 86_400_000;
const RUNS_KEPT_MS = 90 * DAY_MS;
const DAYS_KEPT_MS = 400 * DAY_MS;

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
  /** Of all browsers, once it was asked for. */
  let total: Traffic | null = null;
  const addToTotal = (fresh: Traffic): void => {
    if (total !== null) total = plus(total, fresh);
  };
  const shown = (rows: TrafficRunRow[]) => recordsOf(db, 'proxy', TrafficRun, rows, toRun);

  return {
    /** @throws AppError `traffic-spent` when a profile has nothing left of its day or month */
    requireLeft(of: Pick<TrafficOf, 'profileId' | 'budget'>): void {
      if (of.profileId === null) return;
      const error = spentBudget(of.budget, { run: NONE, ...store.usedBy(of.profileId, clock.now()) });
      if (error !== null) throw error;
    },
    /** Counts a browser. @param spent called once, when the budget of its profile is used up */
    begin: (meter: Meter, of: TrafficOf, via: TrafficVia, spent: (why: AppError) => void): Metered =>
      meterRun({ store, clock, log, told: addToTotal }, { meter, of, via, spent }),
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
