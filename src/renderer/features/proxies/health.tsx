/** How a proxy is: in words, and how its latency went. */
import type { ProxyFault, ProxyServer } from '../../../contract/automation/proxies.ts';
import { duration } from '../../lib/format.ts';
import { Sparkline } from '../../ui/chart/sparkline.tsx';
import { Status } from '../../ui/display/status.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import css from './proxies.module.css';

const FAULTS: Readonly<Record<ProxyFault, string>> = {
  dns: 'Unknown host',
  refused: 'Refused',
  auth: 'Wrong password',
  reset: 'Broken off',
  timeout: 'No answer',
  certificate: 'Bad certificate',
  protocol: 'Wrong type',
  target: 'No way on',
  echo: 'No exit address',
};

/** The status; of a failing proxy why it fails. */
export function ProxyHealth({ proxy }: { proxy: Pick<ProxyServer, 'status' | 'last_check'> }) {
  const fault = proxy.last_check?.error ?? null;
  return (
    <span title={proxy.last_check?.message ?? undefined}>
      {fault === null ? <Status state={proxy.status} /> : <Status state="failing" word={FAULTS[fault]} />}
    </span>
  );
}

/** Latency of the last check, beside that of those before; a gap is a failed one. */
export function Latency({ proxy }: { proxy: Pick<ProxyServer, 'latency_ms' | 'history' | 'status'> }) {
  return (
    <span className={`${layout.row} ${css.latency}`}>
      <Sparkline
        values={proxy.history.map(({ latency_ms }) => latency_ms)}
        tone={proxy.status === 'failing' ? 'bad' : 'info'}
        width={48}
        height={18}
      />
      {proxy.latency_ms === null ? <span className={text.faint}>–</span> : duration(proxy.latency_ms)}
    </span>
  );
}

/** `host:port`, with the brackets of IPv6. */
export const addressOf = ({ host, port }: { host: string; port: number }): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Whether its date of expiry has passed. */
export const isExpired = ({ expires_at }: Pick<ProxyServer, 'expires_at'>, now: number): boolean =>
  expires_at !== null && Date.parse(expires_at) <= now;
