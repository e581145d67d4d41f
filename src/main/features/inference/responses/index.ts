/** OpenAI's Responses API: chats that the host may store, so that a client can continue from an earlier response. */
import type { Operations } from '../../../../contract/index.ts';
import { AppError, type ErrorSlug } from '../../../../contract/kernel/errors.ts';
import { JsonObject } from '../../../../contract/kernel/scalars.ts';
import {
  type ResponseEvent,
  type ResponseInput,
  ResponseObject,
  type responseOperations,
} from '../../../../contract/models/openai/responses.ts';
import type { Clock } from '../../../core/clock.ts';
import type { CallContext, Handler, Handlers } from '../../../core/operation/operation.ts';
import { generateFor, withCallerFields } from '../openai/caller-fields.ts';
import { requestOf } from '../openai/chat.ts';
import { late } from '../openai/merge.ts';
import type { Generate } from '../run/generation.ts';
import type { Live } from '../run/live.ts';
import type { ResponseStore } from '../store.ts';
import { responseEvents } from './events.ts';
import { createKept, notFound } from './kept.ts';
import { baseOf } from './object.ts';
import { chatOf, refuseResponse } from './request.ts';
import { createWriting } from './writing.ts';

interface Deps {
  generate: Generate;
  store: ResponseStore;
  live: Live;
  clock: Clock;
}

export function createResponses({ generate, store, live, clock }: Deps) {
  const seconds = () => Math.floor(clock.now() / 1000);
  const { stored, historyOf, refuseFull, kept } = createKept(store, clock);
  const writing = createWriting(live, clock);

  async function begin(input: ResponseInput, context: CallContext): Promise<AsyncGenerator<ResponseEvent, void, void>> {
    const { principal, requestId, signal, loadWaitMs } = context;
    refuseResponse(input);
    refuseFull(input, principal.id);
    const history = await historyOf(input.previous_response_id, principal.id);
    const { chat, fields } = chatOf(input, history);
    const request = withCallerFields(fields, () => requestOf(chat));
    const generation = await generateFor(fields, generate, request, {
      caller: principal.id,
      requestId,
      signal,
      loadWaitMs,
    });
    const base = baseOf(input, requestId, generation.model.id, seconds());
    const events = (isCancelled: () => boolean) => responseEvents(base, generation.parts(), seconds, isCancelled);
    return kept(writing.watch(base, principal.id, requestId, events), input, principal.id);
  }

  const responses: Handler<Operations['responses']> = (input, context) =>
    input.stream ? late(() => begin(input, context)) : begin(input, context).then(complete);

  const handlers: Handlers<keyof typeof responseOperations> = {
    responses,
    responses_get: ({ id }, { principal }) => ResponseObject.parse(stored(id, principal.id).response),
    responses_input_items({ id }, { principal }) {
      const items = JsonObject.array().parse(stored(id, principal.id).input);
      const data = items.map((item, index) => ({ id: `item_${index}`, ...item }));
      const idAt = (index: number) => (data.at(index) === undefined ? null : String(data.at(index)?.id));
      return { object: 'list', data, first_id: idAt(0), last_id: idAt(-1), has_more: false };
    },
    async responses_cancel({ id }, { principal }) {
      const cancelled = await writing.cancel(id, principal.id);
      if (cancelled !== undefined) return cancelled;
      const response = ResponseObject.parse(stored(id, principal.id).response);
      if (response.status === 'cancelled') return response;
      throw new AppError('invalid-state', 'The response has ended already.', {
        extra: { expected: 'in_progress', actual: response.status },
      });
    },
    responses_delete({ id }, { principal }) {
      if (!store.remove(id, principal.id)) throw notFound(id);
      return { id, object: 'response', deleted: true };
    },
  };
  return handlers;
}

/** The final response, for a request that is not streamed. */
async function complete(events: AsyncGenerator<ResponseEvent, void, void>): Promise<ResponseObject> {
  let last: ResponseObject | undefined;
  for await (const event of events) if ('response' in event) last = event.response;
  if (last === undefined) throw new Error('a response without an end');
  // Without a stream a failure is the answer itself.
  if (last.status === 'failed' && last.error !== null)
    throw new AppError(last.error.code.replaceAll('_', '-') as ErrorSlug, last.error.message);
  return last;
}
