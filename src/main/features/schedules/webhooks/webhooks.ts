/** Webhooks of schedules: their secrets, and taking what is delivered. */
import type { DELIVERY_OUTCOMES, Webhook } from '../../../../contract/automation/schedule/webhooks.ts';
import { JSON_BOUNDS, parseBounded } from '../../../../contract/kernel/bounds.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { Json, JsonObject, ScheduleId } from '../../../../contract/kernel/scalars.ts';
import { type Clock, iso } from '../../../core/clock.ts';
import type { Db } from '../../../core/db/index.ts';
import { newRequestId } from '../../../core/ids.ts';
import { notFound } from '../../../core/operation/versioned.ts';
import type { Secrets } from '../../../core/secrets/secrets.ts';
import type { ScheduleRow } from '../schema.ts';
import type { ScheduleStore } from '../store.ts';
import { matches } from '../triggers/decide.ts';
import { MOST_PENDING } from '../triggers/pending-store.ts';
import { type DeliveryHeaders, newSecret, signed, type Verdict, verify } from './signature.ts';

export interface WebhookDeps {
  db: Db;
  store: ScheduleStore;
  secrets: Pick<Secrets, 'get' | 'seal' | 'store' | 'removeOwner'>;
  clock: Clock;
  /** Where the API is. */
  baseUrl(): string;
}

/** A delivery as it was sent. */
export interface Sent {
  /** Of a schedule, or whatever else the sender made of it. */
  id: string;
  headers: DeliveryHeaders;
  body: string;
}

/** What became of a delivery that was believed. */
export interface Taken {
  event_id: string;
  outcome: (typeof DELIVERY_OUTCOMES)[number];
}

/** A schedule that waits for webhooks. */
type Waiting = ScheduleRow & { trigger: Extract<ScheduleRow['trigger'], { kind: 'webhook' }> };
type Believed = { row: Waiting; verdict: Extract<Verdict, { valid: true }> };

/** Characters of the secret that the panel shows. */
const HINT = 4;
/** Deliveries of one schedule that are taken in a minute. */
const MOST_A_MINUTE = 300;
const MINUTE_MS = 60_000;
/** Refusals that come sooner after one another are not noted: anybody can send, and each note is a write. */
const NOTED_MS = 2000;
/** What deliveries to addresses without a secret are checked with, so that they take as long. */
const NOBODY = newSecret();

/** Owner of the secret of a schedule's webhook. */
export const webhookOwnerOf = (id: ScheduleId) => `schedule-webhook:${id}`;

const isWaiting = (row: ScheduleRow | undefined): row is Waiting =>
  row?.enabled === true && row.trigger.kind === 'webhook';

/** One answer for whatever is wrong with an address or a signature, so that nobody learns which it is. */
const notBelieved = () =>
  new AppError('unauthorized', 'Not taken: the address, the signature or its time is wrong, or the schedule is off.');

/** @throws AppError `invalid-json`, `bad-request`, `payload-too-large` */
function bodyOf(text: string): Json {
  if (text === '') return null;
  try {
    return parseBounded(text, JSON_BOUNDS) as Json;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('invalid-json', 'The body is no JSON.', { cause, extra: { position: 0 } });
  }
}

/** Creates what takes deliveries that were believed. */
function createTaking({ db, store, clock }: WebhookDeps) {
  /** @throws AppError `too-many-requests`, `resource-limit-exceeded`: the sender tries again later */
  function requireRoom(id: ScheduleId, now: number): void {
    if (store.deliveriesIn(id, now - MINUTE_MS, now) < MOST_A_MINUTE) return;
    const extra = { limit: MOST_A_MINUTE, retry_after: 60 };
    throw new AppError('too-many-requests', `More than ${MOST_A_MINUTE} deliveries in a minute.`, { extra });
  }

  /** Stores the event, once. */
  function storeOnce({ row, verdict }: Believed, { headers, body }: Sent): Taken {
    const now = clock.now();
    const event_id = `webhook:${verdict.id}`;
    const earlier = store.delivered(row.id, event_id, verdict.proof);
    if (earlier !== undefined) return { event_id: earlier, outcome: 'duplicate' };
    requireRoom(row.id, now);
    const delivery = { id: verdict.id, type: headers['x-github-event'] ?? null };
    const event: JsonObject = { event: 'webhook', at: iso(now), delivery, body: bodyOf(body) };
    store.addDelivery(row.id, event_id, verdict.proof, now);
    if (!matches(row.trigger.where, event)) {
      const reason = 'Left out by “Only when”';
      store.addTicks(row.id, [{ at: now, event_id, outcome: 'skipped', reason, task_id: null }]);
      return { event_id, outcome: 'ignored' };
    }
    const outcome = store.takeIn(row, { event_id, at: now, depth: 1, data: JSON.stringify(event) }, now);
    if (outcome !== 'full') return { event_id, outcome };
    const extra = { resource: 'waiting_events', limit: MOST_PENDING, current: MOST_PENDING, retry_after: 60 };
    throw new AppError('resource-limit-exceeded', 'Too many events wait already.', { extra });
  }

  return (believed: Believed, sent: Sent): Taken => db.transaction(() => storeOnce(believed, sent));
}

/** Creates what tells who has signed, and answers everybody else alike. */
function createDelivering(deps: WebhookDeps) {
  const { db, store, secrets, clock } = deps;
  const take = createTaking(deps);

  /** Tells whoever looks after the schedule why a delivery was not taken. */
  function note(id: ScheduleId, reason: string): void {
    const now = clock.now();
    const last = store.hookOf(id)?.refused_at ?? null;
    if (last !== null && now >= last && now - last < NOTED_MS) return;
    db.bestEffort(() =>
      db.transaction(() => {
        store.noteRefusal(id, reason, now);
        store.announce(id);
      }),
    );
  }

  /** The secret of an address, and its reference. One that cannot be opened must not tell that there is one. */
  async function secretOf(id: string): Promise<{ reference?: string; secret: string | null }> {
    const reference = store.hookOf(id)?.secret;
    if (reference === undefined) return { secret: null };
    return { reference, secret: await secrets.get(reference).catch(() => null) };
  }

  /** @throws AppError `unauthorized` */
  function believe({ id, headers, body }: Sent, { reference, secret }: Awaited<ReturnType<typeof secretOf>>): Believed {
    const verdict = verify(secret ?? NOBODY, headers, body, clock.now());
    // Read after the secret, without a wait before the event is stored: what is switched off or has another secret now takes nothing.
    const row = store.get(id as ScheduleId);
    if (!isWaiting(row) || reference === undefined || store.hookOf(id)?.secret !== reference) throw notBelieved();
    if (secret === null) note(row.id, 'The secret cannot be opened; make a new one');
    else if (!verdict.valid) note(row.id, verdict.reason);
    else return { row, verdict };
    throw notBelieved();
  }

  /** Stores the event of a delivery. @throws AppError `unauthorized`, `invalid-json`, `too-many-requests`, `resource-limit-exceeded` */
  async function deliver(sent: Sent): Promise<Taken> {
    const secret = await secretOf(sent.id);
    const believed = believe(sent, secret);
    try {
      return take(believed, sent);
    } catch (thrown) {
      if (thrown instanceof AppError) note(believed.row.id, thrown.message);
      throw thrown;
    }
  }

  return deliver;
}

/** Creates the part of the service that makes secrets and takes deliveries. */
export function createWebhooks(deps: WebhookDeps) {
  const { db, store, secrets, clock, baseUrl } = deps;
  const deliver = createDelivering(deps);
  const urlOf = (id: ScheduleId) => `${baseUrl()}/v1/hooks/${id}`;

  const require = (id: ScheduleId): Waiting => {
    const row = store.get(id);
    if (!row) throw notFound('schedule', id);
    if (row.trigger.kind !== 'webhook')
      throw new AppError('invalid-state', 'This schedule does not wait for a webhook.');
    return row as Waiting;
  };

  return {
    deliver,
    /** Makes the secret of a schedule; the one before ends at once. @throws AppError `not-found`, `invalid-state` */
    async renewSecret(id: ScheduleId): Promise<{ url: string; secret: string }> {
      require(id);
      const secret = newSecret();
      const sealed = await secrets.seal(webhookOwnerOf(id), secret);
      db.transaction(() => {
        // It may have been edited meanwhile.
        require(id);
        secrets.removeOwner(webhookOwnerOf(id));
        secrets.store([sealed]);
        const hint = secret.slice(-HINT);
        store.putHook({ schedule_id: id, secret: sealed.id, hint, created_at: clock.now() });
        store.announce(id);
      });
      return { url: urlOf(id), secret };
    },
    /** Signs a delivery as its sender would, and takes it. @throws AppError `invalid-state`, and as {@link deliver} does */
    async trial(id: ScheduleId, given?: JsonObject): Promise<{ event_id: string; event: JsonObject }> {
      const row = require(id);
      const hook = store.hookOf(row.id);
      if (hook === undefined) throw new AppError('invalid-state', 'It has no secret yet; make one first.');
      const event = given ?? { test: true };
      const body = JSON.stringify(event);
      const headers = signed(await secrets.get(hook.secret), `test-${newRequestId()}`, body, clock.now());
      const { event_id } = await deliver({ id, headers, body });
      return { event_id, event };
    },
    /** Where a schedule takes deliveries; null for one that waits for none. */
    webhookOf({ id, trigger }: ScheduleRow): Webhook | null {
      if (trigger.kind !== 'webhook') return null;
      const hook = store.hookOf(id);
      const { refused_at: at = null, refused_reason: reason = null } = hook ?? {};
      return {
        ...{ url: urlOf(id), hint: hook?.hint ?? null },
        secret_since: hook === undefined ? null : iso(hook.created_at),
        refused: at === null || reason === null ? null : { at: iso(at), reason },
      };
    },
  };
}
export type Webhooks = ReturnType<typeof createWebhooks>;
