/** One call through each of the doors, its outcome in one shape, so that tests can compare them. */
import type { Operation } from '../../src/contract/kernel/define.ts';
import type { AppError } from '../../src/contract/kernel/errors.ts';
import { problemBody } from '../../src/main/doors/wire/problem.ts';
import type { Host } from '../../src/main/host.ts';
import type { FrameClient } from './frame-client.ts';
import { httpCall } from './http-call.ts';

/** What a call came to, the same shape at every door. */
export interface Outcome {
  value?: unknown;
  items?: unknown[];
  error?: Record<string, unknown>;
}

/** A door as tests use it. */
export interface TestDoor {
  name: 'memory' | 'MessagePort' | 'WebSocket' | 'HTTP';
  offers: (operation: Operation) => boolean;
  call(id: string, input: unknown): Promise<Outcome>;
}

/** What is behind the doors; getters, because the doors are named before the subject of a test is open. */
export interface Behind {
  memory: () => Pick<Host['client'], 'raw'>;
  ipc: () => FrameClient;
  ws: () => FrameClient;
  http: () => { url: string; key: string };
}

/** These do over HTTP what frames cannot: they answer bytes, or take bytes. */
export const DIFFERENT_OVER_HTTP: ReadonlySet<string> = new Set([
  'artifacts_content',
  'profiles_export_content',
  'uploads_create',
]);

/** All doors. */
export function everyDoor({ memory, ipc, ws, http }: Behind): TestDoor[] {
  return [
    {
      name: 'memory',
      offers: () => true,
      async call(id, input) {
        try {
          const result = await memory().raw(id, input);
          if (result.kind === 'value') return { value: result.value };
          const items: unknown[] = [];
          for await (const item of result.items) items.push(item);
          return { items };
        } catch (error) {
          return { error: problemBody(error as AppError, {}) };
        }
      },
    },
    overFrames('MessagePort', ipc),
    overFrames('WebSocket', ws),
    {
      name: 'HTTP',
      offers: (operation) => operation.http !== null,
      call: (id, input) => httpCall(http().url, http().key, id, input),
    },
  ];
}

function overFrames(name: TestDoor['name'], client: () => FrameClient): TestDoor {
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

/** The outcome without what differs from call to call: tickets, times, ids of requests. */
export function masked(outcome: Outcome): Outcome {
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
