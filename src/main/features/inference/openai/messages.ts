/** OpenAI's messages in the form that chat templates take. */
import { createBoundedParser, DOCUMENT_BOUNDS } from '../../../../contract/kernel/bounds.ts';
import { AppError, invalidField } from '../../../../contract/kernel/errors.ts';
import { JsonObject } from '../../../../contract/kernel/scalars.ts';
import type { EngineMessage } from '../../../../contract/models/engine.ts';
import type { ChatMessage } from '../../../../contract/models/openai/chat.ts';
import { unsupported } from './request.ts';

type Content = Exclude<ChatMessage, { role: 'function' }>['content'];

function textOf(content: Content, at: number): string {
  if (content == null) return '';
  if (typeof content === 'string') return content;
  return content
    .map((part) => {
      if (part.type === 'image_url')
        throw unsupported(
          `messages.${at}.content`,
          'chat models here cannot be shown pictures; a model task (describe) tells what is in one.',
        );
      return part.text ?? part.refusal ?? '';
    })
    .join('');
}

/** @throws AppError `validation-error` when the text is not a JSON object, or when it and those before it are beyond the bounds of an input */
function argumentsOf(text: string, field: string, parse: (text: string) => unknown): JsonObject {
  if (text.trim() === '') return {};
  try {
    return JsonObject.parse(parse(text));
  } catch (error) {
    const reason =
      error instanceof AppError
        ? `the arguments of all calls together are too much. ${error.message}`
        : 'arguments must be an object in JSON';
    throw invalidField(field, reason, { param: true });
  }
}

export function engineMessages(messages: readonly ChatMessage[]): EngineMessage[] {
  const parse = createBoundedParser(DOCUMENT_BOUNDS);
  return messages.map((message, at): EngineMessage => {
    const content = textOf(message.content, at);
    switch (message.role) {
      case 'system':
      case 'developer':
        return { role: 'system', content };
      case 'user':
        return { role: 'user', content, ...(message.name == null ? {} : { name: message.name }) };
      case 'assistant': {
        const calls = message.tool_calls?.map(({ id, function: { name, arguments: args } }, call) => ({
          id,
          name,
          arguments: argumentsOf(args, `messages.${at}.tool_calls.${call}.function.arguments`, parse),
        }));
        return {
          role: 'assistant',
          content,
          ...(calls === undefined || calls.length === 0 ? {} : { tool_calls: calls }),
        };
      }
      case 'tool':
        return { role: 'tool', content, tool_call_id: message.tool_call_id };
      default:
        return { role: 'tool', content, name: message.name };
    }
  });
}
