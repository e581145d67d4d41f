/** Creating and changing proxies. */
import type { ProxyCreate, ProxyServer } from '../../../contract/automation/proxies.ts';
import type { ProxyId } from '../../../contract/kernel/scalars.ts';
import type { Clock } from '../../core/clock.ts';
import type { Db } from '../../core/db/index.ts';
import { newId } from '../../core/ids.ts';
import { checkVersion } from '../../core/operation/versioned.ts';
import type { SealedSecret, Secrets } from '../../core/secrets/secrets.ts';
import { authority, type ProxyPatch, patched, UNTESTED } from './fields.ts';
import type { ProxyStore } from './store/proxies.ts';
import type { ProxyRow } from './store/schema.ts';

/** Owner of a proxy's password. */
export const ownerOf = (id: ProxyId) => `proxy:${id}`;

/** Passwords that are sealed in one turn of the event loop. */
const SEALED_PER_TURN = 100;

/** A proxy that is not stored yet. */
interface Prepared {
  row: ProxyRow;
  sealed: SealedSecret[];
}

/** The row after one more edit. */
export const nextOf = (row: ProxyRow, clock: Clock): ProxyRow => ({
  ...row,
  updated_at: clock.now(),
  version: row.version + 1,
});

/** @returns makes many proxies */
function createMany(prepare: (input: ProxyCreate) => Promise<Prepared>, commit: (made: readonly Prepared[]) => void) {
  /**
   * Creates all of them at once, or none.
   * @param refused asked right before that, when nothing else can happen any more; what it says is left out
   * @returns how many were made
   */
  return async (
    inputs: readonly ProxyCreate[],
    refused: () => (row: ProxyRow) => boolean = () => () => false,
  ): Promise<number> => {
    const made: Prepared[] = [];
    for (const [at, input] of inputs.entries()) {
      if (at % SEALED_PER_TURN === SEALED_PER_TURN - 1) await new Promise((resolve) => setImmediate(resolve));
      made.push(await prepare(input));
    }
    const isRefused = refused();
    const fresh = made.filter(({ row }) => !isRefused(row));
    commit(fresh);
    return fresh.length;
  };
}

/** Creates the part of the service that edits; `require` throws `not-found`. */
export function createEditing(deps: {
  db: Db;
  store: ProxyStore;
  clock: Clock;
  secrets: Pick<Secrets, 'seal' | 'store' | 'removeOwner'>;
  require(id: ProxyId): ProxyRow;
  view(row: ProxyRow): ProxyServer;
}) {
  const { db, store, clock, secrets, require, view } = deps;

  async function prepare({ password, ...input }: ProxyCreate): Promise<Prepared> {
    const id = newId('proxy');
    const sealed = password === null ? [] : [await secrets.seal(ownerOf(id), password)];
    const now = clock.now();
    const row: ProxyRow = {
      ...input,
      ...UNTESTED,
      id,
      name: input.name ?? authority(input).slice(0, 100),
      password_secret: sealed[0]?.id ?? null,
      expires_at: input.expires_at === null ? null : Date.parse(input.expires_at),
      last_ok_at: null,
      rotated_at: null,
      history: [],
      ...{ created_at: now, updated_at: now, version: 1, deleted_at: null },
    };
    return { row, sealed };
  }

  const commit = (made: readonly Prepared[]) =>
    db.transaction(() => {
      secrets.store(made.flatMap(({ sealed }) => sealed));
      for (const { row } of made) store.insert(row);
    });

  return {
    async create(input: ProxyCreate): Promise<ProxyServer> {
      const made = await prepare(input);
      commit([made]);
      return view(made.row);
    },
    createMany: createMany(prepare, commit),
    /**
     * A password that is not named stays; null or an empty one removes it.
     * @throws AppError `not-found`, `version-conflict`
     */
    async update(
      id: ProxyId,
      patch: ProxyPatch,
      expected: { body?: number | undefined; ifMatch?: number | undefined },
    ): Promise<ProxyServer> {
      const { password } = patch;
      const isKept = password === undefined;
      const sealed = isKept || password === null || password === '' ? [] : [await secrets.seal(ownerOf(id), password)];
      // Nothing is awaited between reading the row and writing it.
      const row = require(id);
      checkVersion(row.version, expected.body, expected.ifMatch);
      const changed = nextOf(patched(row, patch), clock);
      const saved = isKept ? changed : { ...changed, ...UNTESTED, password_secret: sealed[0]?.id ?? null };
      db.transaction(() => {
        if (!isKept) {
          secrets.removeOwner(ownerOf(id));
          secrets.store(sealed);
        }
        store.save(saved, 'proxy.updated');
      });
      return view(saved);
    },
  };
}
