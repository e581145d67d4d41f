/** The response object before anything is generated. */
import { type Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import type { ResponseInput, ResponseObject } from '../../../../contract/models/openai/responses.ts';

export const jsonOf = (value: unknown): Json => JSON.parse(JSON.stringify(value));

/** @param created_at Unix time, s */
export function baseOf(input: ResponseInput, requestId: string, model: string, created_at: number): ResponseObject {
  return {
    id: `resp_${requestId}`,
    object: 'response',
    created_at,
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
