/** Rows as the wire has them, and messages of chat requests as rows. */

import type { ChatMessage, ToolCall } from '../../../contract/models/openai/chat.ts';
import type { ConversationMessage, MessageId, Session, StoredMessage } from '../../../contract/models/sessions.ts';
import type { GenerationParams } from '../../../contract/models/settings.ts';
import { iso } from '../../core/clock.ts';
import { sha256 } from '../../core/ids.ts';
import type { Principal } from '../../core/operation/operation.ts';
import type { MessageRow, SessionRow } from './schema.ts';

export const toSession = (
  { leaf_id: _leaf, anonymous: _anonymous, deleted_at: _deleted, ...row }: SessionRow,
  params: GenerationParams,
): Session => ({
  id: row.id,
  title: row.title,
  model: row.model,
  tags: row.tags,
  params,
  system_prompt: row.system_prompt,
  tools: row.tools,
  response_schema: row.response_schema,
  message_count: row.message_count,
  last_message_at: row.last_message_at === null ? null : iso(row.last_message_at),
  created_at: iso(row.created_at),
  updated_at: iso(row.updated_at),
  version: row.version,
});

export const toStored = (row: MessageRow): StoredMessage => ({
  id: row.id,
  role: row.role,
  content: row.content,
  name: row.name,
  created_at: iso(row.created_at),
  model: row.model,
  ...(row.tool_calls === null ? {} : { tool_calls: row.tool_calls }),
  ...(row.usage === null ? {} : { usage: row.usage }),
});

export const toConversation = (row: MessageRow, versions: MessageId[]): ConversationMessage => ({
  ...toStored(row),
  status: row.status,
  reasoning: row.reasoning,
  tool_call_id: row.tool_call_id,
  finish_reason: row.finish_reason,
  error: row.error,
  timings: row.timings,
  versions,
});

/** What is said, by whom: the members of a message that a client sends back. */
export type Said = Pick<MessageRow, 'role' | 'content' | 'name' | 'tool_calls' | 'tool_call_id'>;

/** Clients make ids of calls their own, so they are left out. */
export function digestOf({ role, content, tool_calls, name }: Said): string {
  const calls = (tool_calls ?? []).map(({ function: { name, arguments: args } }) => [name, args]);
  return sha256(JSON.stringify([role, content, calls, role === 'function' ? name : null]))
    .toString('base64url')
    .slice(0, 22);
}

const textOf = (content: ChatMessage['content']): string =>
  content == null
    ? ''
    : typeof content === 'string'
      ? content
      : content.map((part) => (part.type === 'image_url' ? '' : (part.text ?? part.refusal ?? ''))).join('');

/** Messages of a request without those that instruct the model, which belong to the request and not to the conversation. */
export function saidIn(messages: readonly ChatMessage[]): Said[] {
  return messages.flatMap((message): Said[] => {
    const { role } = message;
    if (role === 'system' || role === 'developer') return [];
    const calls: ToolCall[] | null = role === 'assistant' && message.tool_calls?.length ? message.tool_calls : null;
    return [
      {
        role,
        content: textOf(message.content),
        name: role === 'tool' ? null : (message.name ?? null),
        tool_calls: calls,
        tool_call_id: role === 'tool' ? message.tool_call_id : null,
      },
    ];
  });
}

const TITLE_LENGTH = 60;

/** The first line of what is asked first. */
export function titleOf(said: readonly Said[]): string {
  const text = said.find(({ role }) => role === 'user')?.content.trim() ?? '';
  const [line = ''] = text.split('\n', 1);
  return line.length <= TITLE_LENGTH ? line : `${line.slice(0, TITLE_LENGTH - 1).trimEnd()}…`;
}

/** A caller without a key sees the sessions of such callers only. */
export const isAnonymous = ({ kind }: Principal) => kind === 'anonymous';
