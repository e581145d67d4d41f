/** Identifiers: ULIDs for entities, uuid v7 for requests, random tokens. */
import { createHash, randomBytes } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import { v7 } from 'uuid';
import { type EntityName, ID_PREFIXES } from '../../contract/scalars.ts';

const ulid = monotonicFactory();

/** A new entity id such as `tsk_01jd…`: sortable by creation time, unique within and across processes. */
export function newId(entity: EntityName): string {
  return `${ID_PREFIXES[entity]}_${ulid().toLowerCase()}`;
}

/** A request id: uuid v7 (RFC 9562). */
export function newRequestId(): string {
  return v7();
}

/** Random bytes from the OS in base64url; 32 bytes give 43 characters. */
export function randomToken(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

/** SHA-256 of a string. */
export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
