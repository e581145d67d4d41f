/** Stored responses: written when they end, read only by the principal that made them. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../../../../contract/kernel/errors.ts';
import {
  InputItem,
  type ResponseEvent,
  type ResponseInput,
  ResponseObject,
} from '../../../../contract/models/openai/responses.ts';
import { MAX_TURNS } from '../../../../contract/models/openai/shared.ts';
import type { Clock } from '../../../core/clock.ts';
import type { ResponseStore } from '../store.ts';
import { jsonOf } from './object.ts';
import { asInput, itemsOf } from './request.ts';

/** Longest chain of earlier responses that is followed. */
const MAX_CHAIN = 1000;
/** What a chain may hold; bytes of JSON. More than any model reads at once, and little enough for a queue of requests that go on from it. */
const MAX_CHAIN_SIZE = 4 * 1024 * 1024;
/** What the responses of one caller may take together; bytes of JSON. */
const MAX_HELD = 1024 * 1024 * 1024;

const chainTooLong = (what: string) =>
  new AppError(
    'payload-too-large',
    `The conversation that previous_response_id goes on from has ${what}; begin a new one: send what is needed of it in input, without previous_response_id.`,
    { extra: { param: 'previous_response_id', limit: MAX_CHAIN_SIZE } },
  );

const tooMuchHeld = (limit: number, current: number) =>
  new AppError(
    'resource-limit-exceeded',
    'Your stored responses take as much room as they may; delete some with DELETE /v1/responses/{id}, or send store: false.',
    { extra: { resource: 'stored_responses', limit, current } },
  );

/** What is read again of a stored response: its other members may be long, and say nothing to the next one. */
const Answer = ResponseObject.pick({ output: true });
const Input = InputItem.array();

export const notFound = (id: string) =>
  new AppError('not-found', `There is no response ${JSON.stringify(id)}.`, { extra: { resource: 'response', id } });

/** @param maxHeld what the responses of one caller may take together, bytes of JSON */
export function createKept(store: ResponseStore, clock: Clock, maxHeld = MAX_HELD) {
  function stored(id: string, principal: string) {
    const row = store.get(id, principal);
    if (row === undefined) throw notFound(id);
    return row;
  }

  /** The ids of a chain, newest first, counted before any of it is read. @throws AppError `not-found`, `payload-too-large` */
  function chainOf(previous: string | null, principal: string): string[] {
    const ids: string[] = [];
    let size = 0;
    for (let id = previous; id !== null && ids.length < MAX_CHAIN; ) {
      const link = store.link(id, principal);
      if (link === undefined) throw notFound(id);
      size += link.bytes;
      if (size > MAX_CHAIN_SIZE) throw chainTooLong(`more than ${MAX_CHAIN_SIZE / 1024 ** 2} MiB`);
      ids.push(id);
      id = link.previous_id;
    }
    return ids;
  }

  /**
   * Input and output of the earlier responses of a chain, oldest first.
   * @throws AppError `not-found`, `payload-too-large` for a conversation that is too long to go on from
   */
  async function historyOf(previous: string | null | undefined, principal: string): Promise<InputItem[]> {
    const items: InputItem[] = [];
    for (const id of chainOf(previous ?? null, principal).reverse()) {
      const { input, response } = stored(id, principal);
      items.push(...Input.parse(input), ...asInput(Answer.parse(response).output));
      if (items.length > MAX_TURNS) throw chainTooLong(`more than ${MAX_TURNS} messages and calls`);
      await nextTurn();
    }
    return items;
  }

  /** @throws AppError `resource-limit-exceeded` when the caller may not store one more */
  function refuseFull({ store: wanted }: ResponseInput, principal: string): void {
    if (wanted === false) return;
    const current = store.held(principal);
    if (current >= maxHeld) throw tooMuchHeld(maxHeld, current);
  }

  /** Stores the response that the last event carries, before a reader sees that it has ended. */
  async function* kept(events: AsyncGenerator<ResponseEvent, void, void>, input: ResponseInput, principal: string) {
    for await (const event of events) {
      const isLast = ['response.completed', 'response.incomplete', 'response.failed'].includes(event.type);
      if (isLast && 'response' in event && event.response.store)
        store.save({
          id: event.response.id,
          principal,
          previous_id: event.response.previous_response_id,
          input: jsonOf(itemsOf(input.input)),
          response: jsonOf(event.response),
          created_at: clock.now(),
        });
      yield event;
    }
  }

  return { stored, historyOf, refuseFull, kept };
}
