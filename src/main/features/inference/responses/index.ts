/** Responses: a chat that the host may remember, so that a client goes on from its last answer. */
import type { Operations } from '../../../../contract/index.ts';
import { AppError, type ErrorSlug } from '../../../../contract/kernel/errors.ts';
import { type Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import {
  InputItem,
  type ResponseEvent,
  type ResponseInput,
  ResponseObject,
} from '../../../../contract/models/openai/responses.ts';
import type { Clock } from '../../../core/clock.ts';
import type { CallContext, Handler, Handlers } from '../../../core/operation/operation.ts';
import { requestOf } from '../openai/chat.ts';
import { late } from '../openai/merge.ts';
import type { Generate } from '../run/generation.ts';
import type { ResponseStore } from '../store.ts';
import { responseEvents } from './events.ts';
import { asInput, chatOf, itemsOf, refuseResponse } from './request.ts';

/** Responses that one goes on from, at most. */
const MAX_CHAIN = 1000;

interface Deps {
  generate: Generate;
  store: ResponseStore;
  clock: Clock;
}

const notFound = (id: string) =>
  new AppError('not-found', `There is no response ${JSON.stringify(id)}.`, { extra: { resource: 'response', id } });

const jsonOf = (value: unknown): Json => JSON.parse(JSON.stringify(value));

export function createResponses({ generate, store, clock }: Deps) {
  const seconds = () => Math.floor(clock.now() / 1000);

  function stored(id: string, principal: string) {
    const row = store.get(id, principal);
    if (row === undefined) throw notFound(id);
    return row;
  }

  /** What was said before, the oldest first. @throws AppError `not-found` */
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

  function baseOf(input: ResponseInput, requestId: string, model: string): ResponseObject {
    return {
      id: `resp_${requestId}`,
      object: 'response',
      created_at: seconds(),
      completed_at: null,
      status: 'in_progress',
      error: null,
      incomplete_details: null,
      instructions: input.instructions ?? null,
      max_output_tokens: input.max_output_tokens ?? null,
      metadata: input.metadata ?? {},
      model,
      output: [],
      output_text: '',
      parallel_tool_calls: input.parallel_tool_calls ?? true,
      previous_response_id: input.previous_response_id ?? null,
      store: input.store ?? true,
      temperature: input.temperature ?? null,
      top_p: input.top_p ?? null,
      text: { format: JsonObject.parse(jsonOf(input.text?.format ?? { type: 'text' })) },
      tool_choice: input.tool_choice ?? 'auto',
      tools: (input.tools ?? []).map((tool) => JsonObject.parse(jsonOf(tool))),
      truncation: input.truncation ?? 'disabled',
      usage: null,
      response: '',
      stream: input.stream,
    };
  }

  async function begin(input: ResponseInput, context: CallContext): Promise<AsyncGenerator<ResponseEvent, void, void>> {
    const { principal, requestId, signal } = context;
    refuseResponse(input);
    const history = historyOf(input.previous_response_id, principal.id);
    const request = requestOf(chatOf(input, history), 'text.format.schema');
    const generation = await generate(request, { caller: principal.id, requestId, signal });
    const base = baseOf(input, requestId, generation.model.id);
    return kept(responseEvents(base, generation.parts(), seconds), input, principal.id);
  }

  /** Stores the response that the last event carries, before anybody hears of it. */
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

  async function complete(events: AsyncGenerator<ResponseEvent, void, void>): Promise<ResponseObject> {
    let last: ResponseObject | undefined;
    for await (const event of events) if ('response' in event) last = event.response;
    if (last === undefined) throw new Error('a response without an end');
    // At once there is no stream in which a failure could be told: it is the answer.
    if (last.status === 'failed' && last.error !== null)
      throw new AppError(last.error.code.replaceAll('_', '-') as ErrorSlug, last.error.message);
    return last;
  }

  const responses: Handler<Operations['responses']> = (input, context) =>
    input.stream ? late(() => begin(input, context)) : begin(input, context).then(complete);

  const handlers: Handlers<'responses' | 'responses_get' | 'responses_input_items' | 'responses_delete'> = {
    responses,
    responses_get: ({ id }, { principal }) => ResponseObject.parse(stored(id, principal.id).response),
    responses_input_items({ id }, { principal }) {
      const items = JsonObject.array().parse(stored(id, principal.id).input);
      const data = items.map((item, index) => ({ id: `item_${index}`, ...item }));
      const idAt = (index: number) => (data.at(index) === undefined ? null : String(data.at(index)?.id));
      return { object: 'list', data, first_id: idAt(0), last_id: idAt(-1), has_more: false };
    },
    responses_delete({ id }, { principal }) {
      if (!store.remove(id, principal.id)) throw notFound(id);
      return { id, object: 'response', deleted: true };
    },
  };
  return handlers;
}
