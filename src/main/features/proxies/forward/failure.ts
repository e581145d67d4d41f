/** Why a forwarder could not open a tunnel, told from its answer, which is all that the library says. */
import type { ProxyFault } from '../../../../contract/automation/proxies.ts';

/** What the answer to a `CONNECT` says. */
export interface Answer {
  status: number;
  /** Reason phrase: a code of Node, words of the SOCKS client, or `UPSTREAM` and the status of the proxy. */
  reason: string;
}

/** Reason phrases by what they mean; the first that fits counts. */
const REASONS: readonly [RegExp, ProxyFault][] = [
  // SOCKS5: no method that both know, or a wrong password; SOCKS4: its codes 92 and 93.
  [/authentication (type|failed)|\(Rejected/i, 'auth'],
  [/ECONNREFUSED/, 'refused'],
  [/ENOTFOUND|EAI_/, 'dns'],
  [/ETIMEDOUT|timed out/i, 'timeout'],
  [/CERT|SELF_SIGNED|ALTNAME|UNABLE_TO|TLS_/, 'certificate'],
  [/EPROTO|HPE_|ERR_SSL|version number|Invalid|unknown/i, 'protocol'],
  [/rejected/i, 'target'],
  [/ECONNRESET|EPIPE|closed|hang up/i, 'reset'],
  [/EHOSTUNREACH|ENETUNREACH/, 'refused'],
];

/** Statuses of the library that have one meaning. */
const STATUSES: Readonly<Record<number, ProxyFault>> = {
  504: 'timeout',
  593: 'dns',
  594: 'refused',
  595: 'reset',
  596: 'reset',
  597: 'auth',
};

/** The fault of an answer that is not 200. A proxy that answers with a status of its own was reached and knows the credentials. */
export function faultOf({ status, reason }: Answer): ProxyFault {
  const upstream = /^UPSTREAM(\d{3})$/.exec(reason);
  if (upstream) return upstream[1] === '401' || upstream[1] === '407' ? 'auth' : 'target';
  return STATUSES[status] ?? REASONS.find(([phrase]) => phrase.test(reason))?.[1] ?? 'protocol';
}

/** The faults in words, as the end of “The proxy …”. */
export const FAULT_WORDS: Readonly<Record<ProxyFault, string>> = {
  dns: 'has a host name that is not known',
  refused: 'does not accept connections',
  auth: 'does not accept the user name and password',
  reset: 'broke the connection off',
  timeout: 'did not answer in time',
  certificate: 'has a certificate that is not trusted',
  protocol: 'does not speak the chosen protocol',
  target: 'works, but could not reach the target',
  echo: 'works, but the echo address did not answer with an IP address',
};
