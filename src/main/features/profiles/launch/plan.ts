/** The launch plan: everything that starts a browser, and the lease on what it starts with. */
import path from 'node:path';
import type { TrafficBudget } from '../../../../contract/automation/profile/traffic.ts';
import type { ProfileHolder, ProfileSnapshot } from '../../../../contract/automation/profiles.ts';
import type { ProfileId, ProxyId } from '../../../../contract/kernel/scalars.ts';
import { makeOwnedFolder } from '../../../core/disk/owned-files.ts';
import { removeOwned } from '../../../core/disk/owned-trees.ts';
import type { OpenFromPool, OpenHow, ProxyForwarders, ProxyLease } from '../../proxies/index.ts';
import type { ProfileLease } from '../occupancy/occupancy.ts';
import type { Browsers } from './browsers.ts';
import { launchArgs, launchEnv } from './launch-settings.ts';

/** Who takes a profile. */
export type Holder = Omit<ProfileHolder, 'since'>;

/** A lease together with everything that a browser is started from, by hand or by a task. */
export interface LaunchPlan extends ProfileLease {
  executable: string;
  /** Switches; `--user-data-dir`, the debugging pipe and start pages are added by whoever starts the browser. */
  args: string[];
  /** The whole environment of the browser. */
  env: Record<string, string>;
  /** Local proxy that `args` name, or null. */
  proxy: string | null;
  /** Aborts with the reason when the traffic budget of the profile is spent; null without a proxy. */
  cut: AbortSignal | null;
  /** The proxy that it goes out through, chosen when it has a pool; null without one. */
  via: ProxyLease['via'] | null;
  /** Settings that `args` and `env` were made from; null for a temporary profile. */
  settings: ProfileSnapshot | null;
}

/** How a browser is to be started. */
export interface LaunchRequest {
  headless: boolean;
  /** Settings to start with instead of the present ones: a task keeps those that it was made with. */
  settings?: ProfileSnapshot | null;
  /** Way out of a browser that has no settings. */
  proxyId?: ProxyId | null;
  /** Number of the attempt, of a task. */
  attempt?: number;
  /** Existing folder that a temporary profile is put into. */
  tempDir: string;
  /** Gives up what the plan waits for. */
  signal?: AbortSignal;
}

/** Makes plans. @see createPlanner */
export type Planner = (id: ProfileId | null, holder: Holder, request: LaunchRequest) => Promise<LaunchPlan>;

/** Creates the planner; `hold` takes the exclusive lease of a profile. */
export function createPlanner(deps: {
  browsers: Pick<Browsers, 'executableFor'>;
  browserArgs: readonly string[];
  hold(id: ProfileId, holder: Holder): ProfileLease;
  snapshot(id: ProfileId): ProfileSnapshot;
  /** What a profile may use now, whatever it could when a task was made. */
  budget(id: ProfileId): TrafficBudget | null;
  /** Says whether a profile with these settings may come out somewhere. */
  judge(id: ProfileId, settings: ProfileSnapshot): OpenHow['judge'];
  /** Opens the way out of a profile with a proxy. @throws AppError `proxy-failed` */
  openProxy: ProxyForwarders['open'];
  openPool: OpenFromPool;
}): Planner {
  async function temporary(tempDir: string): Promise<ProfileLease> {
    const userDataDir = path.join(tempDir, 'profile');
    makeOwnedFolder(path.dirname(tempDir), userDataDir);
    return { userDataDir, release: () => removeOwned(path.dirname(tempDir), userDataDir) };
  }

  /** A profile that has a proxy gets no plan without it. A task keeps to the proxy as it was when the task was made. */
  async function wayOutOf(
    id: ProfileId | null,
    holder: Holder,
    settings: ProfileSnapshot | null,
    request: LaunchRequest,
  ): Promise<ProxyLease | null> {
    const proxyId = settings === null ? (request.proxyId ?? null) : settings.proxy_id;
    const poolId = settings?.pool_id ?? null;
    if (proxyId === null && poolId === null) return null;
    const then = request.settings === undefined ? undefined : (settings?.proxy ?? undefined);
    const of = {
      ...{ profileId: id, budget: id === null ? null : deps.budget(id) },
      ...{ taskId: holder.kind === 'task' ? holder.id : null, attempt: request.attempt ?? null },
    };
    const judge = id === null || settings === null ? undefined : deps.judge(id, settings);
    const how = { signal: request.signal, of, judge };
    if (proxyId !== null) return deps.openProxy(proxyId, { ...how, then });
    if (poolId === null || id === null || settings === null) return null;
    const { sticky, sticky_minutes } = settings;
    return deps.openPool({ poolId, profileId: id, sticky, sticky_minutes }, how);
  }

  return async (id, holder, request) => {
    // The lease comes first, before anything is awaited: of two callers the second is refused at once.
    const lease = id === null ? await temporary(request.tempDir) : deps.hold(id, holder);
    let wayOut: ProxyLease | null = null;
    const release = async () => {
      await wayOut?.release();
      await lease.release();
    };
    try {
      const settings = request.settings ?? (id === null ? null : deps.snapshot(id));
      const executable = await deps.browsers.executableFor(settings);
      wayOut = await wayOutOf(id, holder, settings, request);
      const proxy = wayOut?.url ?? null;
      return {
        executable,
        userDataDir: lease.userDataDir,
        args: [...launchArgs(settings, { headless: request.headless, proxy }), ...deps.browserArgs],
        env: launchEnv(settings, process.env),
        proxy,
        cut: wayOut?.cut ?? null,
        via: wayOut?.via ?? null,
        settings,
        release,
      };
    } catch (error) {
      await release();
      throw error;
    }
  };
}
