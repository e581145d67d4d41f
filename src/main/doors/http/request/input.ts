/** The input object of a request: query, overlaid by body, overlaid by path. */

import type { Bounds } from '../../../../contract/kernel/bounds.ts';
import type { Operation } from '../../../../contract/kernel/define.ts';
import { AppError, invalidField } from '../../../../contract/kernel/errors.ts';
import { parseJson } from '../../wire/json.ts';
import { type CoercionPlan, coerceMembers } from './coerce.ts';

const ACCEPTED = ['application/json', 'application/*+json'];
const JSON_TYPE = /^application\/(?:json|[^\s;]+\+json)\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)/i;

/**
 * Reads a whole body; an empty one is absent.
 * @throws AppError `unsupported-media-type`, `invalid-json`, `bad-request`, `payload-too-large`
 */
export function readJsonBody(type: string | undefined, body: Buffer, bounds?: Bounds): unknown {
  if (body.length === 0) return undefined;
  const charset = CHARSET.exec(type ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
  if (type === undefined || !JSON_TYPE.test(type) || !['utf-8', 'utf8'].includes(charset)) {
    throw new AppError('unsupported-media-type', undefined, { extra: { accepted: ACCEPTED } });
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (error) {
    throw new AppError('invalid-json', 'The body is not valid UTF-8.', { extra: { position: 0 }, cause: error });
  }
  return parseJson(text, bounds);
}

/** Puts the three sources together. @throws AppError `validation-error` for a body that is not an object */
export function inputOf(
  operation: Operation,
  plan: CoercionPlan,
  parts: { query: Record<string, unknown>; body: unknown; path: Record<string, unknown> },
): unknown {
  const body = bodyMembers(operation, parts.body);
  return { ...coerceMembers(plan, parts.query), ...body, ...coerceMembers(plan, parts.path) };
}

function bodyMembers(operation: Operation, body: unknown): Record<string, unknown> {
  if (body === undefined || body === null) return {};
  const member = operation.http?.body;
  if (typeof body === 'object' && !Array.isArray(body)) {
    const members = body as Record<string, unknown>;
    return member === undefined || Object.hasOwn(members, member) ? members : { [member]: members };
  }
  const reason = 'body must be object';
  throw invalidField('body', reason);
}

/** Version of `If-Match: "3"`; undefined when absent or `*`. @throws AppError `bad-request` */
export function ifMatchOf(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const version = /^(?:W\/)?"?(\d{1,15})"?$/.exec(header.trim())?.[1];
  if (version === undefined) throw new AppError('bad-request', 'If-Match must be an ETag of this server, like "3".');
  return Number(version);
}

/** Milliseconds of `Prefer: wait=10` (RFC 7240); undefined when it says none. A preference that is not understood is ignored. */
export function preferredWaitOf(header: string | string[] | undefined): number | undefined {
  // Hardly any request has one, and each comes by here.
  if (header === undefined) return undefined;
  const preferences = [header].flat().join(',').split(',');
  const [seconds] = preferences.flatMap((one) => /^\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:;.*)?$/i.exec(one)?.[1] ?? []);
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
