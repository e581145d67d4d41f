/** Operations on one thing, with a thing that exists, in a real host: every door gives the same answer, and it fits its schema. */
import { MessageChannel } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type EntityName, entities } from '../../src/contract/entities.ts';
import { contract, type OperationId } from '../../src/contract/index.ts';
import type { Operation } from '../../src/contract/kernel/define.ts';
import type { EntityRecord } from '../../src/contract/kernel/entity.ts';
import { messagePort } from '../../src/main/doors/index.ts';
import { OPERATOR } from '../support/doors.ts';
import { DIFFERENT_OVER_HTTP, everyDoor, masked, type Outcome } from '../support/every-door.ts';
import { createFilledHost, type FilledHost } from '../support/filled-host.ts';
import { type FrameClient, frameClient, openSocket } from '../support/frame-client.ts';
import { sampleOf } from '../support/sample.ts';

let subject: FilledHost;
let ipc: FrameClient;
let ws: FrameClient;
beforeAll(async () => {
  subject = await createFilledHost();
  const { port1, port2 } = new MessageChannel();
  subject.host.desktop.connectPort(messagePort(port2), OPERATOR);
  ipc = frameClient(messagePort(port1));
  ws = (await openSocket(subject.url, { authorization: `Bearer ${subject.token}` })).client;
});
afterAll(async () => {
  ipc.close();
  ws.close();
  await subject[Symbol.asyncDispose]();
});

const doors = everyDoor({
  memory: () => subject.host.client,
  ipc: () => ipc,
  ws: () => ws,
  http: () => ({ url: subject.url, key: subject.token }),
});

const named = Object.entries(entities).flatMap(([entity, record]) =>
  'id' in record ? [{ entity: entity as EntityName, id: record.id }] : [],
);

/** The member that names the thing, and which entity that is; by the prefix of its ids. */
function slotOf({ input }: Operation): { member: 'id' | 'ids'; entity: EntityName } | undefined {
  const { properties = {} } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any', reused: 'inline' });
  for (const member of ['id', 'ids'] as const) {
    const prefix = /\^([a-z]+)_\[/.exec(JSON.stringify(properties[member] ?? ''))?.[1];
    const found = named.find(({ id }) => id.prefix === prefix);
    if (found) return { member, entity: found.entity };
  }
  return undefined;
}

const byId = (Object.entries(contract) as [OperationId, Operation][]).flatMap(([id, operation]) => {
  const slot = operation.desktopOnly ? undefined : slotOf(operation);
  return slot ? [{ id, operation, ...slot }] : [];
});

/** A list takes the id as a filter. */
const lists = new Set<string>(Object.values<EntityRecord>(entities).flatMap((record) => record.lists ?? []));

/** What cannot be done with a row that exists: the profile's browser is not there on purpose; it has no pool and no proxy; there are no cookies in the sample, no profile to copy them from, and no passphrase; a backup is no export, over at once and has no rows. */
const REFUSED: Readonly<Record<string, string>> = {
  profiles_start: 'browser_not_found',
  profiles_connect: 'invalid_state',
  profiles_export: 'validation_error',
  profiles_export_content: 'not_found',
  profiles_snapshots_restore: 'not_found',
  profiles_snapshots_diff: 'not_found',
  profiles_snapshots_delete: 'not_found',
  profiles_cookies_set: 'validation_error',
  profiles_cookies_copy: 'not_found',
  proxies_rotate: 'invalid_state',
  profiles_exit_accept: 'invalid_state',
  profiles_exit_renew: 'invalid_state',
  jobs_cancel: 'invalid_state',
  jobs_results: 'not_found',
};

const ids = new RegExp(`\\b(${named.map(({ id }) => id.prefix).join('|')})_[0-9a-z]{26}`, 'g');
/** Each door has a row of its own to change, a run of its own takes its own time, and changes go on meanwhile. */
function comparable(outcome: Outcome): Outcome {
  const text = JSON.stringify(masked(outcome))
    .replace(ids, '$1_…')
    .replace(/\bsnp_[0-9a-f]{26}/g, 'snp_…')
    .replace(/"(duration_ms|size_bytes|number|seq)":\d+/g, '"$1":0')
    .replace(/"prefix":"[^"]+"/g, '"prefix":"…"')
    .replace(/whsec_[\w+/]+=/g, 'whsec_…');
  return JSON.parse(text) as Outcome;
}

// Catches an entity that joins the contract without a row here.
test('the filled host has a row of every entity with an id', () => {
  const rows = new Map<string, string>(Object.entries(subject.ids));
  for (const { entity, id } of named.filter((one) => one.entity !== 'attempt'))
    expect(id.safeParse(rows.get(entity)).success, `no row of ${entity}`).toBe(true);
});

// Catches a change of the id schemas that would leave the suite below without operations.
test('operations on one thing are recognised', () => {
  expect(byId.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['profiles_get', 'commands_bulk', 'tasks_follow', 'artifacts_content', 'keys_update']),
  );
});

describe.each(byId)('$id', ({ id, operation, member, entity }) => {
  // Catches a handler whose answer does not fit the contract, and a door that shapes or words it in a way of its own.
  test('answers the same at every door, as its schema says', async () => {
    const outcomes: Outcome[] = [];
    for (const door of doors.filter(({ offers }) => offers(operation))) {
      if (door.name === 'HTTP' && DIFFERENT_OVER_HTTP.has(id)) continue;
      const row =
        operation.scope === 'read' || lists.has(id)
          ? subject.ids[entity as keyof FilledHost['ids']]
          : await subject.fresh(entity, id);
      const input = { ...(sampleOf(operation.input, 'input') as object), [member]: member === 'id' ? row : [row] };
      const outcome = await door.call(id, input);
      if (outcome.error) expect(`${outcome.error.code}`, JSON.stringify(outcome.error)).toBe(REFUSED[id]);
      for (const answer of operation.stream === 'always' ? (outcome.items ?? []) : [outcome.value])
        if (!outcome.error) expect(operation.output.safeParse(answer).error, door.name).toBeUndefined();
      if (operation.stream === 'always') expect(outcome.items, door.name).not.toHaveLength(0);
      outcomes.push(comparable(outcome));
    }
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
  });
});

// Catches a door that gives the address of another file, or of none.
test('the address that frames get for an artifact leads to the bytes that HTTP sends', async () => {
  const input = { id: subject.ids.artifact };
  const addresses = await Promise.all([ipc.call('artifacts_content', input), ws.call('artifacts_content', input)]);
  for (const { last } of addresses) {
    const { url } = contract.artifacts_content.output.parse(last.t === 'ok' ? last.v : undefined);
    expect(await (await fetch(url)).text()).toBe('hello');
  }
  const direct = await doors.find(({ name }) => name === 'HTTP')?.call('artifacts_content', input);
  expect(direct?.value).toBe('hello');
});
