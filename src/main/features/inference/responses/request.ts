/** A request for a response, as a chat request. */
import type { ChatInput, ChatMessage } from '../../../../contract/models/openai/chat.ts';
import type { InputItem, OutputItem, ResponseInput } from '../../../../contract/models/openai/responses.ts';
import { isGiven, unsupported } from '../openai/request.ts';

/** @throws AppError `unsupported-parameter` */
export function refuseResponse(input: ResponseInput): void {
  if (input.background) throw unsupported('background', 'responses are written while the client waits.');
  if (isGiven(input.conversation)) throw unsupported('conversation', 'use previous_response_id.');
  if (isGiven(input.prompt)) throw unsupported('prompt', 'there are no stored prompts.');
  const other = input.tools?.find(({ type, name }) => type !== 'function' || name === undefined);
  if (other !== undefined) throw unsupported('tools', `tools of the type ${JSON.stringify(other.type)} are not known.`);
  if (typeof input.tool_choice === 'object' && input.tool_choice !== null && input.tool_choice.type !== 'function')
    throw unsupported('tool_choice', 'only functions can be called.');
}

const textOf = (
  content: string | readonly { type: string; text?: string | undefined; refusal?: string | undefined }[],
): string =>
  typeof content === 'string'
    ? content
    : content
        .map((part) => {
          if (part.type === 'input_image' || part.type === 'input_file')
            throw unsupported('input', `the model does not take parts of the type ${part.type}.`);
          return part.text ?? part.refusal ?? '';
        })
        .join('');

/** Items as messages; consecutive calls become one message. */
export function messagesOf(items: readonly InputItem[]): ChatMessage[] {
  const messages: ChatMessage[] = [];
  for (const item of items) {
    if (item.type === 'reasoning') continue;
    if (item.type === 'function_call_output') {
      messages.push({ role: 'tool', tool_call_id: item.call_id, content: textOf(item.output) });
      continue;
    }
    if (item.type === 'function_call') {
      const called = {
        id: item.call_id,
        type: 'function' as const,
        function: { name: item.name, arguments: item.arguments },
      };
      const last = messages.at(-1);
      if (last?.role === 'assistant') last.tool_calls = [...(last.tool_calls ?? []), called];
      else messages.push({ role: 'assistant', content: '', tool_calls: [called] });
      continue;
    }
    messages.push({ role: item.role, content: textOf(item.content) });
  }
  return messages;
}

/** Output of a response as input of the next one. */
export const asInput = (output: readonly OutputItem[]): InputItem[] =>
  output.flatMap((item): InputItem[] => {
    switch (item.type) {
      case 'message':
        return [{ type: 'message', role: 'assistant', content: item.content.map(({ text }) => text).join('') }];
      case 'function_call':
        return [{ type: 'function_call', call_id: item.call_id, name: item.name, arguments: item.arguments }];
      default:
        return [];
    }
  });

export const itemsOf = (input: ResponseInput['input']): InputItem[] =>
  typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input;

function formatOf({ text }: ResponseInput): ChatInput['response_format'] {
  const format = text?.format;
  if (format?.type !== 'json_schema') return format ?? undefined;
  const { name, schema, strict } = format;
  return { type: 'json_schema', json_schema: { name, schema, strict } };
}

/** @param history items of earlier responses; their instructions do not carry over */
export function chatOf(input: ResponseInput, history: readonly InputItem[]): ChatInput {
  const { instructions, tool_choice } = input;
  return {
    model: input.model,
    messages: [
      ...(instructions ? [{ role: 'system' as const, content: instructions }] : []),
      ...messagesOf([...history, ...itemsOf(input.input)]),
    ],
    temperature: input.temperature,
    top_p: input.top_p,
    seed: input.seed,
    max_tokens: input.max_output_tokens,
    tools: input.tools?.map(({ name = '', description, parameters, strict }) => ({
      type: 'function',
      function: { name, description, parameters, strict },
    })),
    tool_choice:
      typeof tool_choice === 'object' && tool_choice !== null
        ? { type: 'function', function: { name: tool_choice.name } }
        : tool_choice,
    parallel_tool_calls: input.parallel_tool_calls,
    response_format: formatOf(input),
    ...(input.top_logprobs ? { logprobs: true, top_logprobs: input.top_logprobs } : {}),
    truncation: input.truncation,
    stream: input.stream,
  };
}
