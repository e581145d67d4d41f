/** Forwarders of running browsers, one each: a browser that needs a proxy starts with one that works, or not at all. */
import type { ProxyFault, ProxyRoute } from '../../../../contract/automation/proxies.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { ProxyId } from '../../../../contract/kernel/scalars.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Logger } from '../../../core/log/logger.ts';
import type { FoundExit } from '../exits/exits.ts';
import { probe } from '../health/probe.ts';
import type { ProxyRow } from '../store/schema.ts';
import type { Metered, TrafficOf, TrafficVia } from '../traffic/run.ts';
import type { TrafficBook } from '../traffic/traffic.ts';
import { openForwarder } from './forwarder.ts';
import type { Upstream } from './upstream.ts';

/** How long a start waits for its proxy, ms. */
const START_TIMEOUT_MS = 15_000;

/** The way out of one browser. */
export interface ProxyLease {
  /** Local address for the browser, `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Aborts with the reason when the traffic budget of the profile is spent; nothing goes out from then on. */
  readonly cut: AbortSignal;
  /** Which proxy it is, and where that comes out. */
  readonly via: TrafficVia;
  /** Closes it; what the browser sends afterwards goes nowhere. */
  release(): Promise<void>;
}

/** For whom and how a forwarder is opened. */
export interface OpenHow {
  then?: ProxyRoute | undefined;
  signal?: AbortSignal | undefined;
  of?: TrafficOf | undefined;
  /** Throws when the browser must not come out there. */
  judge?: ((exit: FoundExit) => void) | undefined;
}

const NOBODY: TrafficOf = { profileId: null, taskId: null, attempt: null, budget: null };

/** Opens forwarders. */
export interface ProxyForwarders {
  /**
   * Opens a forwarder after its proxy was found to work.
   * @param how.then where the proxy was when the caller was made, if it must still be there
   * @param how.signal gives up
   * @param how.of whose traffic it is
   * @param how.judge what it throws is thrown, and there is no way out
   * @throws AppError `proxy-failed` with `reason`, `traffic-spent`, or the reason of `signal`; there is no way out then
   */
  open(id: ProxyId, how?: OpenHow): Promise<ProxyLease>;
  closeAll(): Promise<void>;
}

type Reason = ProxyFault | 'deleted' | 'changed' | 'closing';
const refused = (proxyId: string, reason: Reason, detail: string) =>
  new AppError('proxy-failed', detail, { extra: { reason, proxy_id: proxyId } });

/** Whether the proxy is where it was. */
const isSame = (row: ProxyRow, then: ProxyRoute): boolean =>
  row.scheme === then.scheme && row.host === then.host && row.port === then.port && row.username === then.username;

/** Exit addresses of open leases, as far as they are known: sites that see one address can connect what two profiles do. */
function createOpenExits(log: Logger) {
  const exits = new Map<ProxyLease, { id: ProxyId; ip: string }>();
  return {
    note(lease: ProxyLease, id: ProxyId, ip: string | null): void {
      if (ip === null) return;
      const others = [...exits.values()].filter((other) => other.ip === ip);
      exits.set(lease, { id, ip });
      if (others.length === 0) return;
      const data = { proxy_id: id, others: others.map((other) => other.id), exit_ip: ip };
      log.warn('proxies', 'Two browsers go out from the same address', data);
    },
    forget: (lease: ProxyLease) => exits.delete(lease),
  };
}

/** Where a forwarder comes out. @throws AppError `proxy-failed` when it does not, or the reason of `signal` */
async function foundExit(
  port: number,
  { id, name }: ProxyRow,
  { log, ...how }: { echo: URL | null; clock: Clock; log: Logger; signal: AbortSignal },
): Promise<FoundExit> {
  const { error, message, exit_ip: ip, country, timezone } = await probe(port, { ...how, timeoutMs: START_TIMEOUT_MS });
  if (error === null || error === 'echo') return { proxyId: id, ip, country, timezone };
  log.warn('proxies', 'A browser was not started because of its proxy', { proxy_id: id, fault: error });
  const words = (message ?? '').replace(/^The proxy /, `The proxy ${name} `);
  throw refused(id, error, `${words} The browser was not started, so nothing went out directly.`);
}

export function createForwarders(deps: {
  find(id: ProxyId): ProxyRow | undefined;
  upstreamOf(row: ProxyRow): Promise<Upstream>;
  echo(): URL | null;
  clock: Clock;
  log: Logger;
  traffic: Pick<TrafficBook, 'begin' | 'requireLeft'>;
}): ProxyForwarders {
  const { find, upstreamOf, echo, clock, log, traffic } = deps;
  const open = new Set<ProxyLease>();
  const exits = createOpenExits(log);
  const closing = new AbortController();

  return {
    async open(id, { then, signal, of = NOBODY, judge } = {}) {
      if (closing.signal.aborted) throw refused(id, 'closing', 'TabAgent is closing.');
      const row = find(id);
      if (!row) {
        throw refused(id, 'deleted', 'The proxy of this profile was deleted; restore it or choose another one.');
      }
      if (then !== undefined && !isSame(row, then)) {
        const detail = `The proxy ${row.name} has been changed since this task was made; run it again with the profile as it is now.`;
        throw refused(id, 'changed', detail);
      }
      traffic.requireLeft(of);
      const forwarder = await openForwarder(await upstreamOf(row));
      const cut = new AbortController();
      let metered: Metered | null = null;
      let exitIp: string | null = null;
      const lease: ProxyLease = {
        cut: cut.signal,
        get via() {
          return { proxyId: id, proxyName: row.name, exitIp };
        },
        url: `http://127.0.0.1:${forwarder.port}`,
        async release() {
          exits.forget(lease);
          if (!open.delete(lease)) return;
          await forwarder.close();
          metered?.end();
        },
      };
      open.add(lease);
      try {
        const found = await foundExit(forwarder.port, row, {
          ...{ echo: echo(), clock, log },
          signal: signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal]),
        });
        judge?.(found);
        exitIp = found.ip;
        exits.note(lease, id, found.ip);
        // What the check took is not the browser's.
        forwarder.meter.take();
        metered = traffic.begin(forwarder.meter, of, lease.via, (why) => {
          // First the way out, then whoever uses it.
          void forwarder.close();
          cut.abort(why);
        });
        return lease;
      } catch (error) {
        await lease.release();
        throw error;
      }
    },
    async closeAll() {
      closing.abort(new AppError('service-unavailable', 'TabAgent is closing.'));
      await Promise.all([...open].map((lease) => lease.release()));
    },
  };
}
