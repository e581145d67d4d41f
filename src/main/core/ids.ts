/** Identifiers: ULIDs for entities, uuid v7 for requests, random tokens. */
import { createHash, randomBytes, randomFillSync } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import { entities, type IdentifiedEntity, type IdOf } from '../../contract/entities.ts';

const ulid = monotonicFactory();

/** A new entity id such as `tsk_01jd…`: sortable by creation time, unique within and across processes. */
export function newId<E extends IdentifiedEntity>(entity: E): IdOf<E> {
  return `${entities[entity].id.prefix}_${ulid().toLowerCase()}` as IdOf<E>;
}

/** Two digits of each byte. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** Bytes of an id that are random. */
const RANDOM_BYTES = 10;
const pool = new Uint8Array(RANDOM_BYTES * 512);
let poolUsed = pool.length;
let millisecond = 0;
/** What all ids of a millisecond begin with. */
let head = '';

const random = () => pool[poolUsed++] ?? 0;
const hex = (byte: number) => HEX[byte] ?? '';

/**
 * A request id: uuid v7 (RFC 9562 §5.7). Every request has one, and libraries take longer for it than for all that is known of the caller: random
 * bytes are fetched for many at a time, and what belongs to the millisecond is written once in it.
 */
export function newRequestId(): string {
  if (poolUsed === pool.length) {
    randomFillSync(pool);
    poolUsed = 0;
  }
  const now = Date.now();
  if (now !== millisecond) {
    millisecond = now;
    const digits = now.toString(16).padStart(12, '0');
    head = `${digits.slice(0, 8)}-${digits.slice(8)}-`;
  }
  const counter = hex(0x70 | (random() & 0x0f)) + hex(random());
  const variant = hex(0x80 | (random() & 0x3f)) + hex(random());
  const rest = hex(random()) + hex(random()) + hex(random()) + hex(random()) + hex(random()) + hex(random());
  return `${head}${counter}-${variant}-${rest}`;
}

/** Random bytes from the OS in base64url; 32 bytes give 43 characters. */
export function randomToken(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

/** SHA-256 of a string. */
export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
