/** The members of a proxy: what the wire knows of a row, and what a check changes in it. */
import { PROXY_HISTORY, type ProxyCheck, ProxyCreate, ProxyServer } from '../../../contract/automation/proxies.ts';
import { iso, isoOrNull } from '../../core/clock.ts';
import { wireMembers } from '../../core/operation/values.ts';
import type { Changes } from '../../core/operation/versioned.ts';
import type { ProxyRow } from './store/schema.ts';

/** Members an update may carry; null sets a member back to what a new proxy has. */
export type ProxyPatch = Changes<{ [K in keyof ProxyCreate]?: ProxyCreate[K] | null }>;

/** What a check knows before it is stored. */
export type CheckOutcome = Omit<ProxyCheck, 'checked_at'>;

/** A row whose proxy has not been checked as it is now. */
export const UNTESTED = {
  status: 'untested',
  ...{ latency_ms: null, exit_ip: null, country: null, timezone: null },
  ...{ check_error: null, check_message: null, checked_at: null, failures: 0 },
} as const satisfies Partial<ProxyRow>;

/** Members without which a check tells nothing about the proxy any more. */
const ROUTE = ['scheme', 'host', 'port', 'username'] as const satisfies (keyof ProxyRow)[];
/** Members that an update takes over as they are. */
const PLAIN = [...ROUTE, 'refresh_url', 'tags', 'notes'] as const satisfies (keyof ProxyRow)[];

/** `host:port`, with the brackets of IPv6. */
export const authority = ({ host, port }: Pick<ProxyRow, 'host' | 'port'>): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** The row after a patch; its password is a matter of its own. */
export function patched(row: ProxyRow, patch: ProxyPatch): ProxyRow {
  const fresh = (field: (typeof PLAIN)[number]) => ProxyCreate.shape[field].parse(undefined);
  const changed = PLAIN.filter((field) => patch[field] !== undefined);
  const next: ProxyRow = {
    ...row,
    ...Object.fromEntries(changed.map((field) => [field, patch[field] ?? fresh(field)])),
    ...(patch.expires_at === undefined
      ? {}
      : { expires_at: patch.expires_at === null ? null : Date.parse(patch.expires_at) }),
  };
  const named = { ...next, name: patch.name ?? next.name };
  const isMoved = ROUTE.some((field) => named[field] !== row[field]);
  return isMoved ? { ...named, ...UNTESTED } : named;
}

/** The row after a check. */
export function checked(row: ProxyRow, outcome: CheckOutcome, at: number): ProxyRow {
  const { ok, latency_ms, exit_ip, country, timezone, error, message } = outcome;
  return {
    ...row,
    ...{ status: ok ? 'ok' : 'failing', latency_ms, checked_at: at, check_error: error, check_message: message },
    // What is known of the exit stays while the proxy is away.
    ...(ok ? { exit_ip, country, timezone, last_ok_at: at } : {}),
    failures: ok ? 0 : row.failures + 1,
    history: [...row.history, { at, latency_ms }].slice(-PROXY_HISTORY),
  };
}

function lastCheck(row: ProxyRow): ProxyCheck | null {
  const { checked_at, status, latency_ms, exit_ip, country, timezone } = row;
  if (checked_at === null) return null;
  const ok = status === 'ok';
  const exit = ok ? { exit_ip, country, timezone } : { exit_ip: null, country: null, timezone: null };
  return {
    ...{ ok, latency_ms, ...exit, error: row.check_error, message: row.check_message },
    checked_at: iso(checked_at),
  };
}

/** A proxy as every answer has it. */
export function toProxy(row: ProxyRow, use: Pick<ProxyServer, 'used_by' | 'month_bytes'>): ProxyServer {
  return {
    ...wireMembers(ProxyServer, row),
    has_password: row.password_secret !== null,
    ...use,
    last_check: lastCheck(row),
    last_ok_at: isoOrNull(row.last_ok_at),
    expires_at: isoOrNull(row.expires_at),
    history: row.history.map(({ at, latency_ms }) => ({ at: iso(at), latency_ms })),
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
  };
}
