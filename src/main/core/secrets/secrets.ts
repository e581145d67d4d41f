/** Sealed secrets: AES-256-GCM under the key of the {@link KeyVault}, by reference, never in plain at rest. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { KeyVault } from '../../platform/platform.ts';
import type { Clock } from '../clock.ts';
import type { Db } from '../db/index.ts';
import { randomToken } from '../ids.ts';

/** A secret that is sealed but not stored yet. */
export interface SealedSecret {
  /** What the owner's row refers to it by. */
  readonly id: string;
  readonly owner: string;
  readonly nonce: Buffer;
  readonly box: Buffer;
}

/** The secrets store. */
export interface Secrets {
  /** Seals a value for an owner (`task:tsk_…`) and answers its reference. */
  put(owner: string, value: string): Promise<string>;
  /** Seals a value without storing it: {@link store} it in the transaction that writes the row that refers to it. */
  seal(owner: string, value: string): Promise<SealedSecret>;
  /** Stores sealed values, in the current transaction when there is one. */
  store(secrets: readonly SealedSecret[]): void;
  /**
   * Opens a value. Who passes it on to a process holds it in the host's redactor for as long.
   * @throws AppError `configuration-error` when the key does not fit, `not-found`
   */
  get(id: string): Promise<string>;
  removeOwner(owner: string): void;
  /** A key of 32 bytes for another purpose, which tells nothing about the one that seals secrets (HKDF, RFC 5869). */
  derive(purpose: string): Promise<Buffer>;
  /** The state of the key store. */
  vault(): Promise<KeyVault>;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/**
 * @param openVault opens the key store at first use: most starts need no secret
 */
export function createSecrets(db: Db, clock: Clock, openVault: () => Promise<KeyVault>): Secrets {
  const insert = db.raw.prepare<[string, string, Buffer, Buffer, number]>(
    'INSERT INTO secret (id, owner, nonce, box, created_at) VALUES (?, ?, ?, ?, ?)',
  );
  const select = db.raw.prepare<[string], { nonce: Buffer; box: Buffer }>('SELECT nonce, box FROM secret WHERE id = ?');
  const remove = db.raw.prepare<[string]>('DELETE FROM secret WHERE owner = ?');
  let opening: Promise<KeyVault> | undefined;
  const vault = () => {
    opening ??= openVault().catch((error: unknown) => {
      // A keyring that is locked now may be open at the next try.
      opening = undefined;
      throw error;
    });
    return opening;
  };
  const key = async () => (await vault()).key();

  async function seal(owner: string, value: string): Promise<SealedSecret> {
    const id = `sec_${randomToken(16)}`;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', await key(), nonce);
    cipher.setAAD(Buffer.from(id));
    const box = Buffer.concat([cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return { id, owner, nonce, box };
  }

  function store(secrets: readonly SealedSecret[]): void {
    db.transaction(() => {
      for (const { id, owner, nonce, box } of secrets) insert.run(id, owner, nonce, box, clock.now());
    });
  }

  async function get(id: string): Promise<string> {
    const row = select.get(id);
    if (!row)
      throw new AppError('not-found', 'This secret is gone; enter it again.', { extra: { resource: 'secret', id } });
    try {
      const decipher = createDecipheriv('aes-256-gcm', await key(), row.nonce);
      decipher.setAAD(Buffer.from(id));
      decipher.setAuthTag(row.box.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(row.box.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new AppError(
        'configuration-error',
        'A stored secret cannot be opened: the key of this data directory has changed. Restore secret.key or the keyring entry, or enter the secret again.',
        { cause, extra: { setting: 'secrets', reason: 'wrong_key' } },
      );
    }
  }

  return {
    async put(owner, value) {
      const sealed = await seal(owner, value);
      store([sealed]);
      return sealed.id;
    },
    seal,
    store,
    get,
    removeOwner: (owner) => void remove.run(owner),
    derive: async (purpose) => Buffer.from(hkdfSync('sha256', await key(), '', `tabagent ${purpose}`, KEY_BYTES)),
    vault,
  };
}
