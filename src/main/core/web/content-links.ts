/** Addresses of artifacts on the content origin. They carry their own proof, so nothing has to be kept for them. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';

/** The same address is given for an hour, so that a list that is read again does not load its pictures again; it is good for one to two. */
const STEP_MS = 3_600_000;
const TICKET = /^([0-9a-z]{1,9})\.([\w-]{43})$/;
const ARTIFACT = /^\/artifacts\/(art_[0-9a-z]{1,60})\/([^/]{1,60})\/[^/]*$/;

/** Makes and checks addresses; those of one run of the host mean nothing to the next. */
export interface ContentLinks {
  /** Path that shows an artifact, good until `expiresAt` (unix ms). */
  pathOf(artifact: { id: string; name: string }): { path: string; expiresAt: number };
  /** Id of the artifact that a path shows, null for a path of another kind, of another run, or past its time. */
  artifactOf(path: string): string | null;
}

/** Creates links with a key of this run. */
export function createContentLinks(clock: Clock): ContentLinks {
  const key = randomBytes(32);
  const proof = (id: string, ends: string) => createHmac('sha256', key).update(`${id}:${ends}`).digest();

  return {
    pathOf({ id, name }) {
      const expiresAt = (Math.floor(clock.now() / STEP_MS) + 2) * STEP_MS;
      const ends = expiresAt.toString(36);
      const ticket = `${ends}.${proof(id, ends).toString('base64url')}`;
      return { path: `/artifacts/${id}/${ticket}/${encodeURIComponent(name.toWellFormed())}`, expiresAt };
    },
    artifactOf(path) {
      const [, id = '', ticket = ''] = ARTIFACT.exec(path) ?? [];
      const [, ends = '', given = ''] = TICKET.exec(ticket) ?? [];
      if (id === '' || ends === '' || Number.parseInt(ends, 36) <= clock.now()) return null;
      const bytes = Buffer.from(given, 'base64url');
      const expected = proof(id, ends);
      return bytes.length === expected.length && timingSafeEqual(bytes, expected) ? id : null;
    },
  };
}
