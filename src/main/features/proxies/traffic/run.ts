/** Counts what one browser sends and receives, until it ends or its budget is spent. */
import type { Traffic, TrafficBudget } from '../../../../contract/automation/profile/traffic.ts';
import type { AppError } from '../../../../contract/kernel/errors.ts';
import type { Clock } from '../../../core/clock.ts';
import { randomToken } from '../../../core/ids.ts';
import type { Logger } from '../../../core/log/logger.ts';
import type { TrafficRunRow } from '../store/schema-traffic.ts';
import type { TrafficStore } from '../store/traffic.ts';
import { spentBudget } from './budget.ts';
import { addTo, type ByHost, both, type Meter, NONE, plus, sumOf } from './meter.ts';

/** How often budgets are looked at, ms; what runs over in between is what one connection brings. */
const LOOK_MS = 250;
/** How often what was counted is stored, ms. */
const STORE_MS = 10_000;

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

interface RunDeps {
  store: TrafficStore;
  clock: Clock;
  log: Logger;
  /** Told what was stored. */
  told(fresh: Traffic): void;
}

/** Creates it. @param spent called once, when the budget is used up */
export function meterRun(
  { store, clock, log, told }: RunDeps,
  { meter, of, via, spent }: { meter: Meter; of: TrafficOf; via: TrafficVia; spent: (why: AppError) => void },
): Metered {
  const sums: ByHost = new Map();
  let stored = of.profileId === null ? { day: NONE, month: NONE } : store.usedBy(of.profileId, clock.now());
  let fresh = NONE;
  let storedAt = clock.monotonic();
  let isOver = of.budget === null;
  const row: TrafficRunRow = {
    ...{ id: randomToken(12), profile_id: of.profileId, task_id: of.taskId, attempt: of.attempt },
    ...{ proxy_id: via.proxyId, proxy_name: via.proxyName, exit_ip: via.exitIp },
    ...{ started_at: clock.now(), ended_at: null, up: 0, down: 0, hosts: [], spent: null },
  };
  function count(): void {
    const taken = meter.take();
    for (const [host, sum] of taken) addTo(sums, host, sum);
    fresh = plus(fresh, sumOf(taken));
  }
  function save(): void {
    const { up_bytes: up, down_bytes: down } = sumOf(sums);
    Object.assign(row, { up, down, hosts: [...sums].map(([host, sum]) => ({ host, ...sum })) });
    const at = clock.now();
    store.save(row, fresh, at);
    told(fresh);
    fresh = NONE;
    storedAt = clock.monotonic();
    if (of.profileId !== null) stored = store.usedBy(of.profileId, at);
  }
  function judge(): void {
    if (isOver) return;
    const used = { run: sumOf(sums), day: plus(stored.day, fresh), month: plus(stored.month, fresh) };
    const error = spentBudget(of.budget, used);
    if (error === null) return;
    isOver = true;
    row.spent = error.message;
    log.warn('proxies', 'The browser of a profile was closed because its traffic budget is spent', {
      ...{ profile_id: of.profileId, limit: error.extra.limit, used_bytes: error.extra.used_bytes },
    });
    spent(error);
    save();
    if (of.profileId !== null) store.tellSpent(of.profileId, error.message);
  }
  function look(): void {
    cancel = clock.schedule(look, every);
    try {
      count();
      judge();
      if (both(fresh) > 0 && clock.monotonic() - storedAt >= STORE_MS) save();
    } catch (error) {
      log.error('proxies', 'Traffic could not be stored; it is counted on', { error });
      storedAt = clock.monotonic();
    }
  }
  save();
  // Without a budget there is nothing to look at between two times of storing.
  const every = of.budget === null ? STORE_MS : LOOK_MS;
  let cancel = clock.schedule(look, every);
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
}
