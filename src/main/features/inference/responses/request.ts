/** A request for a response, as a chat request. */
import type { ChatInput, ChatMessage } from '../../../../contract/models/openai/chat.ts';
import type { InputItem, OutputItem, ResponseInput } from '../../../../contract/models/openai/responses.ts';
import type { CallerField } from '../openai/caller-fields.ts';
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
  field: string,
): string =>
  typeof content === 'string'
    ? content
    : content
        .map((part) => {
          if (part.type === 'input_image' || part.type === 'input_file')
            throw unsupported(
              field,
              `models here do not take parts of the type ${part.type}; a model task (describe) reads pictures.`,
            );
          return part.text ?? part.refusal ?? '';
        })
        .join('');

/** A message with what the caller calls it: the item it was, and the items of its calls. */
interface Turn {
  message: ChatMessage;
  field: string;
  calls: string[];
}

/** Items as messages; consecutive calls become one message. @param fieldOf what the caller calls an item */
function turnsOf(items: readonly InputItem[], fieldOf: (index: number) => string): Turn[] {
  const turns: Turn[] = [];
  for (const [index, item] of items.entries()) {
    const field = fieldOf(index);
    if (item.type === 'reasoning') continue;
    if (item.type === 'function_call_output') {
      const content = textOf(item.output, `${field}.output`);
      turns.push({ message: { role: 'tool', tool_call_id: item.call_id, content }, field, calls: [] });
      continue;
    }
    if (item.type === 'function_call') {
      const called = {
        id: item.call_id,
        type: 'function' as const,
        function: { name: item.name, arguments: item.arguments },
      };
      const last = turns.at(-1);
      if (last?.message.role === 'assistant') {
        last.message.tool_calls = [...(last.message.tool_calls ?? []), called];
        last.calls.push(`${field}.arguments`);
      } else
        turns.push({
          message: { role: 'assistant', content: '', tool_calls: [called] },
          ...{ field, calls: [`${field}.arguments`] },
        });
      continue;
    }
    turns.push({ message: { role: item.role, content: textOf(item.content, `${field}.content`) }, field, calls: [] });
  }
  return turns;
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

/** The messages of a chat, and what the caller calls them. @param history items of earlier responses; their instructions do not carry over */
function conversationOf({ instructions, input }: ResponseInput, history: readonly InputItem[]): Turn[] {
  const earlier = turnsOf(history, () => 'previous_response_id').map((turn) => ({
    ...turn,
    calls: turn.calls.map(() => 'previous_response_id'),
  }));
  const said = turnsOf(itemsOf(input), (index) => (typeof input === 'string' ? 'input' : `input.${index}`));
  const system = {
    message: { role: 'system' as const, content: instructions ?? '' },
    field: 'instructions',
    calls: [],
  };
  return [...(instructions ? [system] : []), ...earlier, ...said];
}

/** What the caller of a response calls the fields of the chat that it becomes. */
function fieldsOf(turns: readonly Turn[]): CallerField {
  return (field) => {
    if (field === 'messages') return 'input';
    if (field === 'max_tokens') return 'max_output_tokens';
    const message = /^messages\.(\d+)(?:\.tool_calls\.(\d+))?/.exec(field);
    if (message !== null) {
      const turn = turns[Number(message[1])];
      return (message[2] === undefined ? undefined : turn?.calls[Number(message[2])]) ?? turn?.field ?? 'input';
    }
    return field.replace(/^response_format(?:\.json_schema)?/, 'text.format').replace(/^(tools\.\d+)\.function/, '$1');
  };
}

/** @param history items of earlier responses; their instructions do not carry over */
export function chatOf(input: ResponseInput, history: readonly InputItem[]): { chat: ChatInput; fields: CallerField } {
  const { tool_choice } = input;
  const turns = conversationOf(input, history);
  const chat: ChatInput = {
    model: input.model,
    messages: turns.map(({ message }) => message),
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
  return { chat, fields: fieldsOf(turns) };
}
