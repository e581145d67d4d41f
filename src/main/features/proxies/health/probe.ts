/** Checks of one proxy, through a forwarder as browsers get it. */
import type { ProxyFault } from '../../../../contract/automation/proxies.ts';
import type { CheckOutcome } from '../fields.ts';
import { FAULT_WORDS } from '../forward/failure.ts';
import { openForwarder } from '../forward/forwarder.ts';
import type { Upstream } from '../forward/upstream.ts';
import { askEcho } from './echo.ts';
import { openTunnel, ProxyFailure } from './tunnel.ts';

/** A name that cannot exist (RFC 6761): how the proxy refuses it tells that it is there and takes the credentials, and nobody else is asked. */
const NOWHERE = 'check.invalid:443';
/** A proxy that reaches nothing but is there and takes the credentials. */
const isThere = (fault: ProxyFault): boolean => fault === 'target';
const NO_ECHO = 'The exit address is not known: no echo address is set in Settings → Proxies.';

const portOf = (url: URL): string => url.port || (url.protocol === 'https:' ? '443' : '80');

/** The fault that an error means; aborting is a matter of time. */
function faultIn(error: unknown): ProxyFault {
  if (error instanceof ProxyFailure) return error.fault;
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'timeout';
  throw error;
}

const failed = (error: ProxyFault): CheckOutcome => ({
  ...{ ok: false, latency_ms: null, exit_ip: null, country: null, timezone: null, error },
  message: `The proxy ${FAULT_WORDS[error]}.`,
});

/**
 * Finds out whether a forwarder's proxy works: with an echo address by asking it, else by the way it refuses a name that does not exist.
 * @throws the reason of `signal`
 */
export async function probe(
  forwarderPort: number,
  { echo, timeoutMs, signal, clock }: ProbeOptions,
): Promise<CheckOutcome> {
  const began = clock.monotonic();
  const limit = AbortSignal.timeout(timeoutMs);
  const ends = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  const done = (exit: Pick<CheckOutcome, 'exit_ip' | 'country' | 'timezone' | 'message'>): CheckOutcome => ({
    ...{ ok: true, error: null, ...exit },
    latency_ms: Math.round(clock.monotonic() - began),
  });
  try {
    if (echo === null) {
      await openTunnel(forwarderPort, NOWHERE, ends).then(
        (tunnel) => tunnel.destroy(),
        (error) => {
          if (!(error instanceof ProxyFailure && isThere(error.fault))) throw error;
        },
      );
      return done({ exit_ip: null, country: null, timezone: null, message: NO_ECHO });
    }
    const tunnel = await openTunnel(forwarderPort, `${echo.hostname}:${portOf(echo)}`, ends);
    try {
      const { ip, country, timezone } = await askEcho(tunnel, echo, ends);
      return done({ exit_ip: ip, country, timezone, message: null });
    } finally {
      tunnel.destroy();
    }
  } catch (error) {
    signal?.throwIfAborted();
    return failed(faultIn(error));
  }
}

/** How a proxy is probed. */
export interface ProbeOptions {
  echo: URL | null;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  clock: { monotonic(): number };
}

/** {@link probe} with a forwarder of its own. */
export async function check(upstream: Upstream, options: ProbeOptions): Promise<CheckOutcome> {
  const forwarder = await openForwarder(upstream);
  try {
    return await probe(forwarder.port, options);
  } finally {
    await forwarder.close();
  }
}
