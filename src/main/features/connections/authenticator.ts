/** The one checkpoint that turns credentials into a principal, whichever header or frame they came in. */
import { timingSafeEqual } from 'node:crypto';
import { AppError } from '../../../contract/kernel/errors.ts';
import { sha256 } from '../../core/ids.ts';
import type { Principal } from '../../core/operation/operation.ts';
import type { SettingsReader } from '../../core/settings.ts';
import type { Grants } from './grants.ts';

/** What a request says about its caller. Header values are as received. */
export interface Credentials {
  authorization?: string | undefined;
  apiKey?: string | undefined;
  origin?: string | undefined;
  /** `Sec-Fetch-Site`. */
  fetchSite?: string | undefined;
  /** True for GET and HEAD over HTTP, the only requests where a bound credential may come without an origin. */
  safe: boolean;
  /** Address of the caller. */
  remote: string;
}

/** The principal of a token, undefined for an unknown one. */
export type TokenSource = (token: string) => Principal | undefined;

/** Recognises callers. */
export interface Authenticator {
  /**
   * @throws AppError `unauthorized` for an unknown credential, `origin-not-allowed` for one used from elsewhere
   */
  authenticate(credentials: Credentials): Principal;
  /** The principal of a bare token, as `hello` carries it. @throws as {@link authenticate} */
  authenticateToken(token: string, from: Pick<Credentials, 'origin' | 'fetchSite' | 'remote' | 'safe'>): Principal;
  /** Accepts one fixed token for this run: the CLI's. */
  addStatic(token: string, principal: Principal): void;
  /** Accepts the tokens that start with `prefix`. */
  addSource(prefix: string, source: TokenSource): void;
}

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;

/** True for addresses that only this machine has. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.test(address) || address === 'localhost' || address === '[::1]';
}

/** Stands for every caller that needs no credential because of `allow_unauthenticated_local`. */
const LOCAL = 'local';

/** Creates the checkpoint. */
export function createAuthenticator(settings: SettingsReader, grants: Grants): Authenticator {
  const statics: { hash: Buffer; principal: Principal }[] = [];
  const sources = new Map<string, TokenSource>();

  const localIsOpen = (remote: string) =>
    settings.get('allow_unauthenticated_local') && isLoopback(settings.get('host')) && isLoopback(remote);

  /** Of the address that asked last: most requests without a credential come from one. */
  let stranger: { remote: string; principal: Principal } | undefined;

  const anonymousAt = (remote: string) =>
    ({ kind: 'anonymous', id: `ip:${remote}`, name: 'anonymous', rateMultiplier: 1 }) as const;

  function anonymous(remote: string): Principal {
    if (localIsOpen(remote)) {
      const grant = grants.hold(LOCAL, { expiresAt: null });
      return { ...anonymousAt(remote), scope: 'run', areas: ['models'], grant };
    }
    if (stranger?.remote !== remote)
      stranger = { remote, principal: { ...anonymousAt(remote), scope: null, areas: [] } };
    return stranger.principal;
  }
  settings.onChange((keys) => {
    if (keys.includes('allow_unauthenticated_local') || keys.includes('host')) grants.end(LOCAL);
  });

  function ownerOf(token: string): Principal | undefined {
    const hash = sha256(token);
    const fixed = statics.find((candidate) => timingSafeEqual(candidate.hash, hash));
    if (fixed) return fixed.principal;
    for (const [prefix, source] of sources) {
      if (token.startsWith(prefix)) return source(token);
    }
    return undefined;
  }

  const ours = (token: string) => [...sources.keys()].some((prefix) => token.startsWith(prefix));

  const authenticateToken: Authenticator['authenticateToken'] = (token, { origin, fetchSite, remote, safe }) => {
    const principal = ownerOf(token);
    if (!principal) {
      // Clients that insist on a key send a dummy; where no key is needed it counts as none.
      if (!ours(token) && localIsOpen(remote)) return anonymous(remote);
      throw new AppError(
        'unauthorized',
        'This credential is unknown, revoked or expired; create a new key in Connections.',
      );
    }
    const atHome = principal.origin === undefined || principal.origin === origin || (origin === undefined && safe);
    if (!atHome) throw new AppError('origin-not-allowed', 'This credential belongs to another origin.');
    // A token of a page of ours that arrives from a page elsewhere was stolen, whatever the rest of the request says.
    if (principal.kind === 'panel' && fetchSite !== undefined && fetchSite !== 'none' && fetchSite !== 'same-origin') {
      throw new AppError('origin-not-allowed', 'A signed-in panel may call this server from its own pages only.');
    }
    return principal;
  };

  return {
    authenticate(credentials) {
      const token = tokenOf(credentials);
      return token === undefined ? anonymous(credentials.remote) : authenticateToken(token, credentials);
    },
    authenticateToken,
    addStatic: (token, principal) => void statics.push({ hash: sha256(token), principal }),
    addSource: (prefix, source) => void sources.set(prefix, source),
  };
}

/** The token of a request. A malformed `Authorization` counts as an empty token, which is always refused: other credentials are then not tried. */
function tokenOf({ authorization, apiKey }: Credentials): string | undefined {
  if (authorization !== undefined) return /^Bearer +([^\s]+) *$/i.exec(authorization)?.[1] ?? '';
  return apiKey?.trim();
}
