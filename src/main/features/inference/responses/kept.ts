/** Stored responses: written when they end, read only by the principal that made them. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import {
  InputItem,
  type ResponseEvent,
  type ResponseInput,
  ResponseObject,
} from '../../../../contract/models/openai/responses.ts';
import type { Clock } from '../../../core/clock.ts';
import type { ResponseStore } from '../store.ts';
import { jsonOf } from './object.ts';
import { asInput, itemsOf } from './request.ts';

/** Longest chain of earlier responses that is followed. */
const MAX_CHAIN = 1000;

export const notFound = (id: string) =>
  new AppError('not-found', `There is no response ${JSON.stringify(id)}.`, { extra: { resource: 'response', id } });

export function createKept(store: ResponseStore, clock: Clock) {
  function stored(id: string, principal: string) {
    const row = store.get(id, principal);
    if (row === undefined) throw notFound(id);
    return row;
  }

  /** Input and output of the earlier responses of a chain, oldest first. @throws AppError `not-found` */
  function historyOf(previous: string | null | undefined, principal: string): InputItem[] {
    const turns: InputItem[][] = [];
    let id = previous ?? null;
    for (let depth = 0; id !== null && depth < MAX_CHAIN; depth++) {
      const row: ReturnType<typeof stored> = stored(id, principal);
      const answer = ResponseObject.parse(row.response);
      turns.unshift([...InputItem.array().parse(row.input), ...asInput(answer.output)]);
      id = row.previous_id;
    }
    return turns.flat();
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

  return { stored, historyOf, kept };
}
