/** Conversations as requests of the chat operation. */

import type { Operations } from '../../../contract/index.ts';
import type { InputOf } from '../../../contract/kernel/define.ts';
import type { ConversationMessage } from '../../../contract/models/sessions.ts';
import type { ChatSettings } from './parameters/fields.ts';

export type ChatRequest = InputOf<Operations['chat']>;
type Message = ChatRequest['messages'][number];

/** What is said, by whom. */
export type Said = Pick<ConversationMessage, 'role' | 'content' | 'tool_call_id' | 'tool_calls'>;

/** A message that the user has written. */
export const userSays = (content: string): Said => ({ role: 'user', content, tool_call_id: null });

function toMessage({ role, content, tool_call_id, tool_calls }: Said): Message {
  switch (role) {
    case 'assistant':
      return { role, content, ...(tool_calls === undefined ? {} : { tool_calls }) };
    case 'tool':
      return { role, content, tool_call_id: tool_call_id ?? '' };
    case 'function':
      return { role: 'user', content };
    default:
      return { role, content };
  }
}

/** How a request is answered. */
export interface Manner {
  /** The answer goes on with the last message. */
  continued?: boolean;
  /** The oldest messages are left out when all of them do not fit. */
  dropsOldest?: boolean;
}

export function chatRequest(
  sessionId: string,
  settings: ChatSettings,
  said: readonly Said[],
  { continued = false, dropsOldest = false }: Manner = {},
): ChatRequest {
  const { model, params, system_prompt, tools, response_schema: schema } = settings;
  const { temperature, top_p, max_new_tokens, seed, stop_sequences } = params;
  const system: Message[] = system_prompt === '' ? [] : [{ role: 'system', content: system_prompt }];
  return {
    ...(model === null ? {} : { model }),
    messages: [...system, ...said.map(toMessage)],
    session_id: sessionId,
    ...(temperature === undefined ? {} : { temperature }),
    ...(top_p === undefined ? {} : { top_p }),
    ...(max_new_tokens === undefined ? {} : { max_tokens: max_new_tokens }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop_sequences === undefined ? {} : { stop: stop_sequences }),
    ...(tools.length === 0 ? {} : { tools: tools as ChatRequest['tools'] }),
    ...(schema === null
      ? {}
      : { response_format: { type: 'json_schema' as const, json_schema: { name: 'answer', schema } } }),
    ...(dropsOldest ? { truncation: 'auto' as const } : {}),
    ...(continued ? { continue_final_message: true } : {}),
    stream: true,
    stream_options: { include_usage: true, continuous_usage_stats: true },
  };
}
