/** Tables of sessions and their messages. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import type { ToolCall } from '../../../contract/models/openai/chat.ts';
import type { Usage } from '../../../contract/models/openai/shared.ts';
import type { ConversationMessage, MessageId, MessageStatus, SessionId } from '../../../contract/models/sessions.ts';
import { json } from '../../core/db/index.ts';

export const session = sqliteTable('session', {
  id: text('id').$type<SessionId>().primaryKey(),
  title: text('title').notNull(),
  /** What the title is ordered by. */
  title_key: text('title_key').notNull(),
  model: text('model'),
  tags: json('tags').$type<string[]>().notNull(),
  system_prompt: text('system_prompt').notNull(),
  tools: json('tools').$type<JsonObject[]>().notNull(),
  response_schema: json('response_schema').$type<JsonObject>(),
  /** Made without a credential: only such callers and the panel see it. */
  anonymous: integer('anonymous', { mode: 'boolean' }).notNull(),
  /** Last message of the branch that is shown. */
  leaf_id: text('leaf_id').$type<MessageId>(),
  message_count: integer('message_count').notNull(),
  last_message_at: integer('last_message_at'),
  created_at: integer('created_at').notNull(),
  updated_at: integer('updated_at').notNull(),
  deleted_at: integer('deleted_at'),
  version: integer('version').notNull(),
});
export type SessionRow = Omit<typeof session.$inferSelect, 'title_key'>;

/** One message. Messages with the same parent stand in the same place of different branches. */
export const message = sqliteTable('message', {
  seq: integer('seq').primaryKey(),
  id: text('id').$type<MessageId>().notNull(),
  session_id: text('session_id').$type<SessionId>().notNull(),
  /** Null for the first one of a conversation. */
  parent_id: text('parent_id').$type<MessageId>(),
  /** By which a message that a client sends again is known. */
  digest: text('digest').notNull(),
  role: text('role').$type<ConversationMessage['role']>().notNull(),
  content: text('content').notNull(),
  reasoning: text('reasoning').notNull(),
  name: text('name'),
  model: text('model'),
  tool_calls: json('tool_calls').$type<ToolCall[]>(),
  tool_call_id: text('tool_call_id'),
  status: text('status').$type<MessageStatus>().notNull(),
  finish_reason: text('finish_reason'),
  error: json('error').$type<NonNullable<ConversationMessage['error']>>(),
  usage: json('usage').$type<Usage>(),
  timings: json('timings').$type<NonNullable<ConversationMessage['timings']>>(),
  created_at: integer('created_at').notNull(),
});
export type MessageRow = Omit<typeof message.$inferSelect, 'seq'>;
