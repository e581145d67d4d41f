/** Signatures of webhooks: Standard Webhooks 1.0 (`webhook-signature`) and GitHub's (`X-Hub-Signature-256`), both HMAC-SHA256. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { WEBHOOK_HEADERS } from '../../../../contract/automation/schedule/webhooks.ts';

/** Headers of a delivery. */
export type DeliveryHeaders = Partial<Record<(typeof WEBHOOK_HEADERS)[number], string>>;

/** How far the clock of a sender may be off, ms. */
const TOLERANCE_MS = 300_000;
/** What secrets begin with, as the standard asks; the rest is base64 of the key. */
const PREFIX = 'whsec_';
const SECRET_BYTES = 32;
/** Signatures in one header: a sender that changes its key sends several. */
const MOST_SIGNATURES = 10;
/** Longest id of a delivery, characters. */
const LONGEST_ID = 200;

/** What a signature says. `id` is what the sender calls the delivery; `proof` is of what was signed, whatever else of the request differs. */
export type Verdict = { valid: false; reason: string } | { valid: true; id: string; proof: Buffer };

const equal = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b);
const invalid = (reason: string): Verdict => ({ valid: false, reason });

/** A new secret. */
export const newSecret = (): string => `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;

/** @param body the text as it was sent @param now unix ms */
export function verify(secret: string, headers: DeliveryHeaders, body: string, now: number): Verdict {
  return headers['webhook-signature'] === undefined
    ? verifyGithub(secret, headers, body)
    : verifyStandard(secret, headers, body, now);
}

function verifyGithub(secret: string, headers: DeliveryHeaders, body: string): Verdict {
  const given = /^sha256=([0-9a-f]{64})$/i.exec(headers['x-hub-signature-256'] ?? '')?.[1];
  const proof = createHmac('sha256', secret).update(body).digest();
  if (headers['x-hub-signature-256'] === undefined) return invalid('It has no signature');
  if (given === undefined || !equal(Buffer.from(given, 'hex'), proof)) return invalid('Its signature is wrong');
  const id = headers['x-github-delivery'] ?? headers['idempotency-key'] ?? '';
  if (id.length > LONGEST_ID) return invalid('Its id is too long');
  return { valid: true, id: id === '' ? proof.toString('hex') : id, proof };
}

function verifyStandard(secret: string, headers: DeliveryHeaders, body: string, now: number): Verdict {
  const { 'webhook-id': id = '', 'webhook-timestamp': sent = '', 'webhook-signature': signatures = '' } = headers;
  const proof = proofOf(secret, id, sent, body);
  if (id === '' || id.length > LONGEST_ID || !/^\d{1,12}$/.test(sent))
    return invalid('webhook-id or webhook-timestamp is missing, or is none');
  if (Math.abs(now - Number(sent) * 1000) > TOLERANCE_MS)
    return invalid('webhook-timestamp is more than five minutes off the clock of this computer');
  const given = signatures.split(' ', MOST_SIGNATURES).flatMap((one) => /^v1,([\w+/]{43}=)$/.exec(one)?.[1] ?? []);
  // All of them: which one was right is nobody's business.
  const isOne = given.map((one) => equal(Buffer.from(one, 'base64'), proof)).includes(true);
  return isOne ? { valid: true, id, proof } : invalid('Its signature is wrong');
}

function proofOf(secret: string, id: string, sent: string, body: string): Buffer {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  return createHmac('sha256', key).update(`${id}.${sent}.${body}`).digest();
}

/** The headers of a delivery as a sender makes them. @param now unix ms */
export function signed(secret: string, id: string, body: string, now: number): DeliveryHeaders {
  const sent = String(Math.floor(now / 1000));
  return {
    ...{ 'webhook-id': id, 'webhook-timestamp': sent },
    'webhook-signature': `v1,${proofOf(secret, id, sent, body).toString('base64')}`,
  };
}
