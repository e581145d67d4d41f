/** Signing a browser in to the headless panel: a one-time link, traded for a session token that the page keeps and sends. */
import { timingSafeEqual } from 'node:crypto';
import { AREAS } from '../../../contract/kernel/define.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import { type Clock, deadlineAt } from '../../core/clock.ts';
import { randomToken, sha256 } from '../../core/ids.ts';
import type { Grant, Principal } from '../../core/operation/operation.ts';
import type { Grants } from './grants.ts';
import type { ConnectionsStore, SessionRow } from './store.ts';

/** What every session token starts with. */
export const SESSION_PREFIX = 'tas_';
/** `tas_`, 12 characters that find the row, and the 43 characters of the secret. */
const TOKEN = /^tas_([A-Za-z0-9_-]{12})_[A-Za-z0-9_-]{43}$/;
const LINK_MS = 10 * 60_000;
const MAX_LINKS = 100;
const IDLE_MS = 12 * 3_600_000;
const MAX_AGE_MS = 7 * 24 * 3_600_000;
/** `last_seen_at` is written at most this often. */
const TOUCH_MS = 60_000;
const PRINCIPAL = 'panel:';

/** A new session; the token is known to nobody else and kept as SHA-256 only. */
export interface NewSession {
  token: string;
  /** Unix ms. */
  expiresAt: number;
  principal: Principal;
}

/** Links and sessions. */
export interface PanelSessions {
  /** A one-time ticket of 43 characters. */
  issueLink(): { ticket: string; expiresAt: number };
  /**
   * Trades a ticket for a session that only pages of `origin` can use.
   * @throws AppError `unauthorized` for a ticket that is unknown, spent or too old
   */
  login(ticket: string, origin: string): NewSession;
  /** Ends the session of a principal, and what is open in its name. */
  end(principalId: string): void;
  /** The caller behind a session token, and a new lease of life for the session. */
  principalOf(token: string): Principal | undefined;
}

function principalFor({ id, origin, name }: Pick<SessionRow, 'id' | 'origin' | 'name'>, grant: Grant): Principal {
  return { kind: 'panel', id: PRINCIPAL + id, name, scope: 'admin', areas: AREAS, rateMultiplier: 1, origin, grant };
}

/** Creates the sessions over their table. Links live in memory and die with the host. */
export function createPanelSessions(deps: { store: ConnectionsStore; clock: Clock; grants: Grants }): PanelSessions {
  const { store, clock, grants } = deps;
  const links = new Map<string, () => boolean>();
  store.pruneSessions(clock.now(), clock.now() - IDLE_MS);

  function grantOf(row: SessionRow): Grant {
    let seenAt = row.last_seen_at;
    return grants.hold(PRINCIPAL + row.id, {
      expiresAt: row.expires_at,
      idle: { ms: IDLE_MS, since: row.last_seen_at },
      onUse() {
        const now = clock.now();
        // In either direction: the clock may have been set back.
        if (Math.abs(now - seenAt) < TOUCH_MS) return;
        seenAt = now;
        store.touchSession(row.id, now);
      },
      // A host that starts again, on a clock that is behind, must not find it.
      onExpired: () => store.dropExpired(row.id),
    });
  }
  for (const row of store.sessions()) grantOf(row);

  function redeem(ticket: string): void {
    const key = sha256(ticket).toString('hex');
    const isOver = links.get(key);
    links.delete(key);
    if (isOver === undefined || isOver()) {
      throw new AppError('unauthorized', 'This link was used or has expired; create a new one.');
    }
  }

  return {
    issueLink() {
      // Insertion order is expiry order.
      for (const [key, isOver] of links) {
        if (!isOver() && links.size < MAX_LINKS) break;
        links.delete(key);
      }
      const ticket = randomToken(32);
      const expiresAt = clock.now() + LINK_MS;
      links.set(sha256(ticket).toString('hex'), deadlineAt(clock, expiresAt));
      return { ticket, expiresAt };
    },
    login(ticket, origin) {
      redeem(ticket);
      const now = clock.now();
      store.pruneSessions(now, now - IDLE_MS);
      const id = randomToken(9);
      const token = `${SESSION_PREFIX}${id}_${randomToken(32)}`;
      const expiresAt = now + MAX_AGE_MS;
      const row: SessionRow = {
        ...{ id, origin, name: 'Panel', hash: sha256(token) },
        ...{ created_at: now, last_seen_at: now, expires_at: expiresAt },
      };
      store.insertSession(row);
      return { token, expiresAt, principal: principalFor(row, grantOf(row)) };
    },
    end(principalId) {
      if (!principalId.startsWith(PRINCIPAL)) return;
      store.deleteSession(principalId.slice(PRINCIPAL.length));
      grants.end(principalId);
    },
    principalOf(token) {
      const id = TOKEN.exec(token)?.[1];
      const row = id === undefined ? undefined : store.session(id);
      if (!row || !timingSafeEqual(row.hash, sha256(token))) return undefined;
      const grant = grantOf(row);
      if (grant.ended) return undefined;
      grant.used();
      return principalFor(row, grant);
    },
  };
}
