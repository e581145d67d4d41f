/** The hub: listing, downloads, token. */
import type { Redactor } from '../../../../contract/kernel/redact/redact.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Secrets } from '../../../core/secrets/secrets.ts';
import type { SettingsReader } from '../../../core/settings.ts';
import type { JobService } from '../../jobs/index.ts';
import type { FitPlanner } from '../memory/fit.ts';
import type { Scanner } from '../registry/scan.ts';
import type { ModelRow } from '../schema.ts';
import type { DownloadStore } from '../store/download-store.ts';
import type { ModelStore } from '../store/model-store.ts';
import { type ClientDeps, createHubClient } from './client.ts';
import { createHostRules, type HostRules } from './hosts.ts';
import { pullJob } from './job.ts';
import { createQuants, quantNamed } from './quants.ts';
import { hubHandlers } from './routes.ts';
import { createHubService } from './service.ts';
import { createHubToken } from './token.ts';

/** What tests set otherwise: how patient the client is, and whom it tells the token. */
export type HubTuning = Partial<Pick<ClientDeps, 'silenceMs' | 'pauseMs'> & Pick<HostRules, 'isTrusted'>>;

export function createHub(deps: {
  clock: Clock;
  settings: SettingsReader;
  secrets: Pick<Secrets, 'seal' | 'store' | 'get' | 'removeOwner'>;
  redactor: Pick<Redactor, 'hold' | 'release'>;
  env: Readonly<Record<string, string | undefined>>;
  jobs: JobService;
  store: ModelStore;
  downloads: DownloadStore;
  scanner: Scanner;
  root: () => string;
  plan: FitPlanner['plan'];
  matches: (ref: string, variant?: string) => readonly ModelRow[];
  tuning?: HubTuning | undefined;
}) {
  const { clock, settings, downloads, jobs, tuning = {} } = deps;
  const token = createHubToken({ ...deps, store: downloads });
  const endpoint = () => settings.get('hub.endpoint');
  const rules = { ...createHostRules(endpoint, () => settings.get('hub.allowed_hosts')), ...tuning };
  const offline = () => settings.get('hub.offline');
  const client = createHubClient({ ...tuning, rules, endpoint, offline, token: token.get });
  const ask = createQuants(client, clock);
  const kind = pullJob({
    ...{ ...deps, client, connections: () => settings.get('hub.connections') },
    quantOf: async ({ repo, variant, revision }, signal) =>
      quantNamed(repo, await ask(repo, revision, signal), variant),
  });
  const service = createHubService({ ...deps, ask, pulls: jobs.register(kind) });
  return { service, handlers: hubHandlers(service, token) };
}
