/** The pieces of an answer as one, as they would have come without streaming. */
import type { ChatChunk, ToolCall } from '../../../../contract/models/openai/chat.ts';
import { withCalls } from './streams.ts';

/** @param chunks of one request; none makes an answer without choices */
export function mergedOf(chunks: readonly ChatChunk[]) {
  let [content, reasoning] = ['', ''];
  let calls: readonly ToolCall[] = [];
  for (const { choices } of chunks) {
    const delta: Partial<ChatChunk['choices'][number]['delta']> = choices[0]?.delta ?? {};
    content += delta.content ?? '';
    reasoning += delta.reasoning_content ?? '';
    if (delta.tool_calls !== undefined) calls = withCalls(calls, delta.tool_calls);
  }
  const [first] = chunks;
  const ends = chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? []);
  const message = {
    role: 'assistant',
    content,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  return {
    ...(first === undefined
      ? {}
      : { id: first.id, object: 'chat.completion', created: first.created, model: first.model }),
    choices: first === undefined ? [] : [{ index: 0, message, finish_reason: ends.at(-1) ?? null }],
    usage: chunks.findLast(({ usage }) => usage != null)?.usage ?? null,
  };
}
