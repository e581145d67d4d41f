/** Webhooks: signed requests by which other programs tell a schedule that something has happened. */
import { z } from 'zod';
import { call } from '../../kernel/define.ts';
import { type JsonObject, ScheduleId, Timestamp } from '../../kernel/scalars.ts';

/** Longest body of a delivery, bytes. */
export const WEBHOOK_BYTES = 65_536;

/** Headers of a delivery that are looked at. */
export const WEBHOOK_HEADERS = [
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
  'x-hub-signature-256',
  'x-github-delivery',
  'x-github-event',
  'idempotency-key',
] as const;

/** What a delivery tells beside `event` and `at`; the body may hold anything. */
export const WEBHOOK_EXAMPLE = {
  delivery: { id: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W', type: 'push' },
  body: {},
} as const satisfies JsonObject;

/** Where a schedule takes deliveries, and what they are signed with. */
export const Webhook = z.object({
  url: z.string(),
  /** The end of the secret, to tell secrets apart; null while there is none, and nothing is taken. */
  hint: z.string().nullable(),
  secret_since: Timestamp.nullable(),
  /** The last delivery that was refused although its schedule was on; the sender is not told why. */
  refused: z.object({ at: Timestamp, reason: z.string() }).nullable(),
});
export type Webhook = z.infer<typeof Webhook>;

export const DELIVERY_OUTCOMES = ['stored', 'duplicate', 'ignored'] as const;

const common = { row: 'B37', area: 'automation', tags: ['schedules'] } as const;

export const webhookOperations = {
  schedules_secret: call(
    z.strictObject({ id: ScheduleId }),
    z.object({
      url: z.string(),
      /** Shown this once. */
      secret: z.string(),
    }),
    {
      ...common,
      summary:
        'Create the secret that deliveries to a schedule are signed with, shown once; the one before ends at once',
      scope: 'manage',
      http: { method: 'POST', path: '/v1/schedules/{id}/secret' },
    },
  ),
  schedules_deliver: call(
    z.strictObject({
      id: z.string().min(1).max(100),
      headers: z.partialRecord(z.enum(WEBHOOK_HEADERS), z.string().max(1000)).default({}),
      /** JSON as it was sent, because signatures are of its very bytes. */
      body: z.string().max(WEBHOOK_BYTES).default(''),
    }),
    z.object({
      event_id: z.string(),
      /** `ignored` for one that the conditions of the schedule leave out. */
      outcome: z.enum(DELIVERY_OUTCOMES),
    }),
    {
      ...common,
      summary:
        'Take a signed delivery for a schedule, stored before it is acknowledged; over HTTP headers and body are those of the request',
      scope: 'run',
      // Its signature is the credential. Those that are wrong are counted as wrong keys are.
      anonymous: true,
      tier: 'auth',
      // The ledger of the schedule is the record, and anybody can send.
      audited: false,
      http: { method: 'POST', path: '/v1/hooks/{id}', status: 202 },
    },
  ),
};
