/** One suite through all doors: every operation of the contract runs at each of them and answers the same. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contract } from '../../src/contract/index.ts';
import type { Operation } from '../../src/contract/kernel/define.ts';
import { createMemoryClient } from '../../src/main/doors/index.ts';
import { addArtifact, OPERATOR, openTestDoors, type TestDoors } from '../support/doors.ts';
import { DIFFERENT_OVER_HTTP, everyDoor, masked } from '../support/every-door.ts';
import { type FrameClient, frameClient, openSocket } from '../support/frame-client.ts';
import { sampleOf } from '../support/sample.ts';

const ARTIFACT = `art_${'0'.repeat(26)}`;
/** Sample input names things that do not exist. */
const CONNECTION_FAILURES = [
  'keys_update not_found',
  'keys_delete not_found',
  'connections_revoke not_found',
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

const doors = everyDoor({
  memory: () => createMemoryClient(subject.doors.dispatcher, OPERATOR),
  ipc: () => ipc,
  ws: () => ws,
  http: () => ({ url: subject.url, key: adminKey }),
});

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
