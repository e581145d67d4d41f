/** Identifiers: ULIDs for entities, uuid v7 for requests, random tokens. */
import { createHash, randomBytes, randomFillSync } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import { v7 } from 'uuid';
import { entities, type IdentifiedEntity, type IdOf } from '../../contract/entities.ts';

const ulid = monotonicFactory();

/** A new entity id such as `tsk_01jd…`: sortable by creation time, unique within and across processes. */
export function newId<E extends IdentifiedEntity>(entity: E): IdOf<E> {
  return `${entities[entity].id.prefix}_${ulid().toLowerCase()}` as IdOf<E>;
}

const RANDOM_POOL = new Uint8Array(4096);
let poolUsed = RANDOM_POOL.length;
/** Where an id is made: the library would put its text together byte by byte. */
const ID_BYTES = Buffer.alloc(16);

/** A request id: uuid v7 (RFC 9562). Every request has one, so random bytes are fetched from the OS for 256 ids at a time. */
export function newRequestId(): string {
  if (poolUsed === RANDOM_POOL.length) {
    randomFillSync(RANDOM_POOL);
    poolUsed = 0;
  }
  const random = RANDOM_POOL.subarray(poolUsed, poolUsed + 16);
  poolUsed += 16;
  const hex = v7({ random }, ID_BYTES).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Random bytes from the OS in base64url; 32 bytes give 43 characters. */
export function randomToken(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

/** SHA-256 of a string. */
export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
