/** API keys: made once, shown once, kept as SHA-256, compared in constant time. */
import { timingSafeEqual } from 'node:crypto';
import type { ApiKey } from '../../../contract/host/access.ts';
import type { Area, Scope } from '../../../contract/kernel/define.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import { highestScope } from '../../../contract/kernel/rights.ts';
import type { Clock } from '../../core/clock.ts';
import { newId, randomToken, sha256 } from '../../core/ids.ts';
import type { Principal } from '../../core/operation/operation.ts';
import type { Grants } from './grants.ts';
import { type ConnectionsStore, type KeyListInput, type KeyPatch, type KeyRow, toApiKey } from './store.ts';

/** What every key starts with. */
export const KEY_PREFIX = 'tak_';
/** `tak_`, 12 characters that find the row, and the 43 characters of the secret. */
const KEY = /^tak_([A-Za-z0-9_-]{12})_[A-Za-z0-9_-]{43}$/;
/** How long `last_used_at` may lag behind. */
const TOUCH_MS = 5_000;

/** What a new key may do. */
export interface NewKey {
  name: string;
  scopes: Scope[];
  areas: Area[];
  rate_multiplier: number;
  expires_at: number | null;
}

/** Makes, changes and checks keys. */
export interface Keys {
  list(query: KeyListInput): Page<ApiKey>;
  create(key: NewKey): ApiKey & { key: string };
  /** @throws AppError `not-found`, `version-conflict` */
  update(id: string, patch: KeyPatch, expected: { version: number | undefined; status: 409 | 412 }): ApiKey;
  /** @throws AppError `not-found` */
  remove(id: string): void;
  /** The caller behind a key; undefined for one that is unknown, deleted or expired. */
  principalOf(token: string): Principal | undefined;
  /** True when there is at least one usable key. */
  any(): boolean;
  dispose(): void;
}

/** A new key, and what is stored of it. */
function generate(input: NewKey, now: number): { key: string; row: KeyRow } {
  const prefix = randomToken(9);
  const key = `${KEY_PREFIX}${prefix}_${randomToken(32)}`;
  const times = { last_used_at: null, created_at: now, updated_at: now, deleted_at: null };
  return { key, row: { ...input, ...times, id: newId('key'), prefix, hash: sha256(key), version: 1 } };
}

/** Collects when keys were used, so that a call costs no write. */
function createUses(
  clock: Clock,
  { keep, announce }: { keep(used: ReadonlyMap<string, number>): void; announce(ids: ReadonlySet<string>): void },
) {
  let used = new Map<string, number>();
  let untold = new Set<string>();
  let cancel: (() => void) | undefined;
  function flush(): void {
    if (used.size === 0) return;
    keep(used);
    used = new Map();
  }
  function tell(): void {
    cancel?.();
    cancel = undefined;
    flush();
    if (untold.size > 0) announce(untold);
    untold = new Set();
  }
  return {
    /** Stores without telling: who asks for the list again whenever it hears of a use may use a key for that. */
    flush,
    tell,
    add(id: string): void {
      used.set(id, clock.now());
      untold.add(id);
      cancel ??= clock.schedule(tell, TOUCH_MS);
    },
  };
}

/** Creates the keys of a host; the table is read once and kept in memory. */
export function createKeys(deps: { store: ConnectionsStore; clock: Clock; grants: Grants }): Keys {
  const { store, clock, grants } = deps;
  const byPrefix = new Map<string, KeyRow>();
  const byId = (id: string) => [...byPrefix.values()].find((row) => row.id === id);
  const uses = createUses(clock, {
    announce: (ids) => store.announceUses([...ids].filter(byId)),
    keep(used) {
      store.touchKeys(used);
      for (const [id, at] of used) {
        const row = byId(id);
        if (row) row.last_used_at = at;
      }
    },
  });
  const missing = (id: string) =>
    new AppError('not-found', `There is no API key ${id}.`, { extra: { resource: 'key', id } });

  const grantOf = ({ id, expires_at }: KeyRow) => grants.hold(id, { expiresAt: expires_at, onUse: () => uses.add(id) });
  /** Its time runs from now on, whether it is used or not. */
  function keep(row: KeyRow): void {
    byPrefix.set(row.prefix, row);
    grantOf(row);
  }
  for (const row of store.keys()) keep(row);

  return {
    list(query) {
      uses.flush();
      return store.listKeys(query);
    },
    create(input) {
      const { key, row } = generate(input, clock.now());
      store.insertKey(row);
      keep(row);
      return { ...toApiKey(row), key };
    },
    update(id, patch, expected) {
      const current = byId(id);
      if (!current) throw missing(id);
      if (expected.version !== undefined && expected.version !== current.version) {
        throw new AppError('version-conflict', undefined, {
          status: expected.status,
          extra: { current_version: current.version },
        });
      }
      const next = store.updateKey(id, patch, clock.now());
      if (!next) throw missing(id);
      // What is open carries the rights of before: it has to come back.
      grants.end(id);
      keep(next);
      return toApiKey(next);
    },
    remove(id) {
      const current = byId(id);
      if (!current || !store.deleteKey(id, clock.now())) throw missing(id);
      byPrefix.delete(current.prefix);
      grants.end(id);
    },
    principalOf(token) {
      const prefix = KEY.exec(token)?.[1];
      const row = prefix === undefined ? undefined : byPrefix.get(prefix);
      if (!row || !timingSafeEqual(row.hash, sha256(token))) return undefined;
      const grant = grantOf(row);
      if (grant.ended) return undefined;
      uses.add(row.id);
      return {
        kind: 'key',
        id: row.id,
        name: row.name,
        scope: highestScope(row.scopes),
        areas: row.areas,
        rateMultiplier: row.rate_multiplier,
        grant,
      };
    },
    any: () => [...byPrefix.values()].some((row) => !grantOf(row).ended),
    dispose: uses.tell,
  };
}
