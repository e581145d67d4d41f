/** Profiles: isolated browser data with one runner at a time. */
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import type { Events } from '../../core/events.ts';
import type { Part } from '../../core/lifecycle.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Chore } from '../../core/maintenance.ts';
import { TRASH_MS } from '../../core/operation/versioned.ts';
import type { SettingsReader } from '../../core/settings.ts';
import { profileBulk } from './bulk.ts';
import { createBrowsers } from './launch/browsers.ts';
import { profileHandlers } from './routes.ts';
import { createProfileService, type ProfileProxies } from './service.ts';
import { createProfileStore } from './store.ts';

export type { Channel as DevtoolsChannel } from './cdp/channel.ts';
export { readCommand } from './cdp/messages.ts';
export type { DevtoolsRelay } from './cdp/relay.ts';
export type { LaunchPlan, LaunchRequest } from './launch/plan.ts';
export type { ProfileLease } from './occupancy/occupancy.ts';
export type { ProfileService } from './service.ts';

export function createProfiles(deps: {
  db: Db;
  events: Events;
  clock: Clock;
  log: Logger;
  settings: SettingsReader;
  profilesDir: string;
  tempDir: string;
  browserArgs: readonly string[];
  proxies: ProfileProxies;
  baseUrl: () => string;
}) {
  const browsers = createBrowsers(deps.settings);
  const service = createProfileService({ ...deps, browsers, store: createProfileStore(deps.db, deps.events) });
  const parts: Part[] = [
    {
      name: 'profiles',
      start: service.startUp,
      afterStart: service.reconcile,
      stop: service.close,
      stopDeadlineMs: 15_000,
    },
  ];
  const chores: Chore[] = [
    { name: 'emptying the trash of profiles', run: () => service.purge(deps.clock.now() - TRASH_MS) },
  ];
  return {
    service,
    browsers,
    handlers: profileHandlers(service, browsers),
    bulk: profileBulk(service),
    parts,
    chores,
  };
}
