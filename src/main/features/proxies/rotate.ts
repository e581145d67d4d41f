/** Changing the exit address of a proxy by calling the refresh address of its provider. */
import type { ProxyServer } from '../../../contract/automation/proxies.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { ProxyId } from '../../../contract/kernel/scalars.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { SettingsReader } from '../../core/settings.ts';
import type { ProxyStore } from './store/proxies.ts';
import type { ProxyRow } from './store/schema.ts';

/** How long a provider may take to answer, ms. */
const REFRESH_TIMEOUT_MS = 30_000;
const CHECK_TIMEOUT_MS = 15_000;

const refused = (row: ProxyRow, detail: string, cause?: unknown) =>
  new AppError('proxy-failed', `The exit address of ${row.name} was not changed: ${detail}`, {
    ...(cause === undefined ? {} : { cause }),
    extra: { reason: 'refresh', proxy_id: row.id },
  });

/** Calls a refresh address; what it answers is not read. The address may hold a key: neither errors nor the log name it. */
async function refresh(row: ProxyRow, url: string, signal: AbortSignal): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, { signal, redirect: 'follow', headers: { 'user-agent': 'TabAgent' } });
  } catch (cause) {
    throw refused(
      row,
      signal.aborted ? 'its provider did not answer in time.' : 'its provider could not be reached.',
      cause,
    );
  }
  await response.body?.cancel();
  if (!response.ok) throw refused(row, `its provider answered with status ${response.status}.`);
}

/** Creates the rotation; `require` throws `not-found`. */
export function createRotation(deps: {
  store: Pick<ProxyStore, 'get' | 'note'>;
  clock: Clock;
  log: Logger;
  settings: Pick<SettingsReader, 'get'>;
  require(id: ProxyId): ProxyRow;
  check(id: ProxyId, timeoutMs: number, signal?: AbortSignal): Promise<unknown>;
  get(id: ProxyId): ProxyServer;
}) {
  const { store, clock, log, settings, require, check, get } = deps;
  const busy = new Set<ProxyId>();

  /** @throws AppError `too-many-requests` while the provider is to be left alone */
  function requireRest(row: ProxyRow): void {
    const due = (row.rotated_at ?? 0) + settings.get('proxies.rotate_seconds') * 1000;
    const wait = Math.ceil((due - clock.now()) / 1000);
    if (row.rotated_at === null || wait <= 0) return;
    throw new AppError('too-many-requests', `${row.name} was changed a moment ago; try again in ${wait} s.`, {
      extra: { retry_after: wait },
    });
  }

  /**
   * Calls the refresh address, then checks the proxy.
   * @throws AppError `invalid-state` without a refresh address, `conflict` while it is being changed, `too-many-requests` within the
   * cooldown, `proxy-failed` when the provider refuses
   */
  return async (id: ProxyId, signal: AbortSignal): Promise<ProxyServer> => {
    const row = require(id);
    if (row.refresh_url === null) {
      throw new AppError('invalid-state', `${row.name} has no refresh address; enter the one of its provider.`, {
        extra: { expected: 'refresh_url', actual: null },
      });
    }
    if (busy.has(id)) throw new AppError('conflict', `The exit address of ${row.name} is being changed.`);
    requireRest(row);
    busy.add(id);
    try {
      await refresh(row, row.refresh_url, AbortSignal.any([signal, AbortSignal.timeout(REFRESH_TIMEOUT_MS)]));
      const now = store.get(id);
      if (now) store.note({ ...now, rotated_at: clock.now() });
      log.info('proxies', 'The exit address of a proxy was changed', { proxy_id: id });
      await check(id, CHECK_TIMEOUT_MS, signal);
      return get(id);
    } finally {
      busy.delete(id);
    }
  };
}
