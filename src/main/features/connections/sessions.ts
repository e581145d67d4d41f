/** Signing a browser in to the headless panel: a one-time link, exchanged for a session cookie. */
import { AREAS } from '../../../contract/kernel/define.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { Clock } from '../../core/clock.ts';
import { randomToken, sha256 } from '../../core/ids.ts';
import type { Principal } from '../../core/operation/operation.ts';
import type { ConnectionsStore } from './store.ts';

const LINK_MS = 10 * 60_000;
const MAX_LINKS = 100;
const IDLE_MS = 12 * 3_600_000;
const MAX_AGE_MS = 7 * 24 * 3_600_000;
/** `last_seen_at` is written at most this often. */
const TOUCH_MS = 60_000;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Links and sessions. */
export interface PanelSessions {
  /** A one-time ticket of 43 characters. */
  issueLink(): { ticket: string; expiresAt: number };
  /** Trades a ticket for a session. @throws AppError `unauthorized` for a ticket that is unknown, spent or too old */
  login(ticket: string): { token: string; maxAgeSeconds: number; principal: Principal };
  logout(token: string): void;
  /** Ends the session of a principal. */
  end(principalId: string): void;
  /** The caller behind a session token, and a new lease of life for the session. */
  principalOf(token: string): Principal | undefined;
}

const principalIdOf = (hash: Buffer): string => `panel:${hash.toString('hex').slice(0, 16)}`;

function principalFor(hash: Buffer, name: string): Principal {
  return { kind: 'panel', id: principalIdOf(hash), name, scope: 'admin', areas: AREAS, rateMultiplier: 1 };
}

/** Creates the sessions over their table. Links live in memory and die with the host. */
export function createPanelSessions(deps: {
  store: ConnectionsStore;
  clock: Clock;
  onEnded: (principalId: string) => void;
}): PanelSessions {
  const { store, clock, onEnded } = deps;
  const links = new Map<string, number>();
  const hashes = new Map<string, Buffer>();
  store.pruneSessions(clock.now(), clock.now() - IDLE_MS);

  function forget(hash: Buffer): void {
    store.deleteSession(hash);
    hashes.delete(principalIdOf(hash));
    onEnded(principalIdOf(hash));
  }

  return {
    issueLink() {
      const now = clock.now();
      // Insertion order is expiry order.
      for (const [key, expiresAt] of links) {
        if (expiresAt > now && links.size < MAX_LINKS) break;
        links.delete(key);
      }
      const ticket = randomToken(32);
      const expiresAt = now + LINK_MS;
      links.set(sha256(ticket).toString('hex'), expiresAt);
      return { ticket, expiresAt };
    },
    login(ticket) {
      const key = sha256(ticket).toString('hex');
      const expiresAt = links.get(key);
      links.delete(key);
      const now = clock.now();
      if (expiresAt === undefined || expiresAt <= now) {
        throw new AppError(
          'unauthorized',
          'This link was used or is too old; make a new one with tabagent panel-link.',
        );
      }
      store.pruneSessions(now, now - IDLE_MS);
      const token = randomToken(32);
      const hash = sha256(token);
      store.insertSession({ hash, name: 'Panel', created_at: now, last_seen_at: now, expires_at: now + MAX_AGE_MS });
      return { token, maxAgeSeconds: MAX_AGE_MS / 1000, principal: principalFor(hash, 'Panel') };
    },
    logout: (token) => forget(sha256(token)),
    end(principalId) {
      const hash = hashes.get(principalId);
      if (hash) forget(hash);
    },
    principalOf(token) {
      if (!TOKEN.test(token)) return undefined;
      const hash = sha256(token);
      const row = store.session(hash);
      const now = clock.now();
      if (!row || row.expires_at <= now || row.last_seen_at <= now - IDLE_MS) return undefined;
      if (now - row.last_seen_at >= TOUCH_MS) store.touchSession(hash, now);
      hashes.set(principalIdOf(hash), hash);
      return principalFor(hash, row.name);
    },
  };
}
