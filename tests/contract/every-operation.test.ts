/** One suite through all doors: every operation of the contract runs at each of them and answers the same. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contract } from '../../src/contract/index.ts';
import type { Operation } from '../../src/contract/kernel/define.ts';
import type { AppError } from '../../src/contract/kernel/errors.ts';
import { createMemoryClient } from '../../src/main/doors/index.ts';
import { problemBody } from '../../src/main/doors/wire/problem.ts';
import { addArtifact, OPERATOR, openTestDoors, type TestDoors } from '../support/doors.ts';
import { type FrameClient, frameClient, openSocket } from '../support/frame-client.ts';
import { httpCall } from '../support/http-call.ts';
import { sampleOf } from '../support/sample.ts';

/** What a call came to, the same shape at every door. */
interface Outcome {
  value?: unknown;
  items?: unknown[];
  error?: Record<string, unknown>;
}

interface Door {
  name: string;
  offers: (operation: Operation) => boolean;
  call(id: string, input: unknown): Promise<Outcome>;
}

const ARTIFACT = `art_${'0'.repeat(26)}`;
/** These do over HTTP what frames cannot: they answer bytes, take bytes, or set a cookie. */
const DIFFERENT_OVER_HTTP = new Set(['artifacts_content', 'uploads_create', 'auth_login']);

/** Sample input names things that do not exist. */
const CONNECTION_FAILURES = [
  'keys_update not_found',
  'keys_delete not_found',
  'connections_revoke not_found',
  'auth_login not_implemented',
  'auth_login unauthorized',
];
/** Their answers speak of the caller or of what the calls before them made. */
const VARYING = new Set(['keys_list', 'keys_create', 'connections_list', 'auth_status', 'auth_link_create']);

let subject: TestDoors;
let ipc: FrameClient;
let ws: FrameClient;
let adminKey: string;

beforeAll(async () => {
  subject = await openTestDoors();
  addArtifact(subject, ARTIFACT, 'a.txt', 'hello', 'text/plain');
  adminKey = subject.key('admin', ['models', 'automation', 'host']);
  ipc = frameClient(subject.ipc());
  ws = (await openSocket(subject.url, { authorization: `Bearer ${adminKey}` })).client;
});
afterAll(async () => {
  ipc.close();
  ws.close();
  await subject[Symbol.asyncDispose]();
});

function overFrames(name: string, client: () => FrameClient): Door {
  return {
    name,
    offers: () => true,
    async call(id, input) {
      const { items, last } = await client().call(id, input);
      if (last.t === 'ok') return { value: last.v };
      if (last.t === 'end') return { items };
      if (last.t === 'err') return { error: last.e };
      throw new Error(`closed by ${last.t}`);
    },
  };
}

const doors: Door[] = [
  {
    name: 'memory',
    offers: () => true,
    async call(id, input) {
      try {
        const result = await createMemoryClient(subject.doors.dispatcher, OPERATOR).raw(id, input);
        if (result.kind === 'value') return { value: result.value };
        const items: unknown[] = [];
        for await (const item of result.items) items.push(item);
        return { items };
      } catch (error) {
        return { error: problemBody(error as AppError, {}) };
      }
    },
  },
  overFrames('MessagePort', () => ipc),
  overFrames('WebSocket', () => ws),
  {
    name: 'HTTP',
    offers: (operation) => operation.http !== null,
    call: (id, input) => httpCall(subject.url, adminKey, id, input),
  },
];

/** Ids and times differ from call to call. */
function masked(outcome: Outcome): Outcome {
  const text = JSON.stringify(outcome)
    .replace(/ticket=[\w-]{43}/g, 'ticket=…')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<uuid>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');
  const value = JSON.parse(text) as Outcome;
  if (value.error) {
    const { instance: _instance, request_id: _id, ...rest } = value.error;
    value.error = rest;
  }
  return value;
}

describe.each(Object.entries(contract) as [string, Operation][])('%s', (id, operation) => {
  const input = id === 'artifacts_content' ? { id: ARTIFACT } : sampleOf(operation.input, 'input');

  // Catches an operation that one door forgot to route, to authorise, to parse or to shape.
  test.each(doors.filter((door) => door.offers(operation)))('runs at $name', async ({ name, call }) => {
    const before = subject.seen.length;
    const outcome = await call(id, input);
    if (operation.desktopOnly) {
      expect(outcome.error?.code === 'not_implemented').toBe(name !== 'MessagePort');
      return;
    }
    const doorsOwn = id === 'routes';
    // Those of connections answer for themselves; that they were reached is what counts.
    if (!doorsOwn && !(id === 'uploads_create' && name === 'HTTP')) expect(subject.seen.length).toBeGreaterThan(before);
    if (outcome.error) expect(CONNECTION_FAILURES).toContain(`${id} ${outcome.error.code}`);
    else if (operation.stream === 'always') expect(outcome.items).toHaveLength(2);
    else if (!DIFFERENT_OVER_HTTP.has(id)) expect(operation.output.safeParse(outcome.value).success).toBe(true);
  });

  if (operation.desktopOnly) return;

  // Catches a door that answers an error, an alias or a shape of its own.
  if (!VARYING.has(id))
    test('answers the same at every door', async () => {
      const offering = doors.filter(
        (door) => door.offers(operation) && !(door.name === 'HTTP' && DIFFERENT_OVER_HTTP.has(id)),
      );
      const outcomes = [];
      for (const door of offering) outcomes.push(masked(await door.call(id, input)));
      for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
    });

  // Catches a door that lets unparsed input through, or words the refusal differently.
  const wrong = { ...(input as object), version: 'x', limit: 'x', id: 7, tag: 7, 'no such member': 1 };
  if (!operation.input.safeParse(wrong).success)
    test('refuses wrong input alike at every door', async () => {
      const outcomes = [];
      for (const door of doors.filter((one) => one.offers(operation) && one.name !== 'HTTP'))
        outcomes.push(masked(await door.call(id, wrong)));
      for (const outcome of outcomes) {
        expect(outcome.error?.code).toBe('validation_error');
        expect(outcome).toEqual(outcomes[0]);
      }
    });
});
