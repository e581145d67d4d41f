/** Sessions: conversations that the host keeps. A message may have several answers, and an edited one begins another branch. */
import { z } from 'zod';
import { call } from '../kernel/define.ts';
import type { EntityRecord } from '../kernel/entity.ts';
import { contains, fixed, oneOf } from '../kernel/filters.ts';
import { Deleted, resource } from '../kernel/paging.ts';
import { entityFields, entityId, JsonObject, SessionName, Timestamp } from '../kernel/scalars.ts';
import { natural, text } from '../kernel/sorts.ts';
import { ToolCall } from './openai/chat.ts';
import { Usage } from './openai/shared.ts';
import { GenerationParams, ParamsPatch } from './settings.ts';

/** Ids that the host makes begin with the prefix; clients may choose their own. */
export const SessionId = Object.assign(SessionName.brand<'SessionId'>(), { prefix: 'ses' });
export type SessionId = z.infer<typeof SessionId>;
export const MessageId = entityId<'MessageId'>('msg');
export type MessageId = z.infer<typeof MessageId>;

const title = z.string().trim().max(200);
const tags = z.array(z.string().trim().min(1).max(50)).max(30);
const model = z.string().min(1).max(500).nullable();
/** What the panel sends with each request of the session, beside the sampling parameters. */
const extras = {
  system_prompt: z.string().max(65_536),
  /** Tools as a chat completion takes them. */
  tools: z.array(JsonObject).max(128),
  /** JSON Schema of the answers; null for plain text. */
  response_schema: JsonObject.nullable(),
};

export const Session = z.object({
  id: SessionId,
  title,
  /** Model that is asked; null for the default one. */
  model,
  tags,
  params: GenerationParams,
  ...extras,
  /** Messages of the branch that is shown. */
  message_count: z.int(),
  last_message_at: Timestamp.nullable(),
  ...entityFields,
});
export type Session = z.infer<typeof Session>;

export const sessionRecord = {
  area: 'models',
  id: SessionId,
  chosenIds: true,
  filters: {
    id: fixed(oneOf(SessionId)),
    q: contains('title', 'tags'),
    tag: oneOf(z.string(), 'tags'),
    model: oneOf(z.string()),
  },
  sorts: { created_at: fixed(text), updated_at: text, last_message_at: text, title: natural },
  defaultSort: '-last_message_at',
  lists: ['sessions_list'],
  one: 'sessions_get',
  related: ['sessions_conversation'],
  summaries: ['sessions_search', 'get_history'],
} as const satisfies EntityRecord;

/** Messages change with their session, whose events tell of them. */
export const messageRecord = { area: 'models', id: MessageId } as const satisfies EntityRecord;

const Role = z.enum(['system', 'user', 'assistant', 'tool', 'function']);

export const StoredMessage = z.object({
  id: MessageId,
  role: Role,
  content: z.string(),
  name: z.string().nullable(),
  created_at: Timestamp,
  /** Model that wrote it. */
  model: z.string().nullable(),
  tool_calls: z.array(ToolCall).optional(),
  usage: Usage.optional(),
});
export type StoredMessage = z.infer<typeof StoredMessage>;

/** `writing`: its tokens still come; `stopped`: by an order; `cut`: by a failure, or its caller left. What was written by then is kept. */
export const MessageStatus = z.enum(['complete', 'writing', 'stopped', 'cut']);
export type MessageStatus = z.infer<typeof MessageStatus>;

/** A message with what the panel shows of it. */
export const ConversationMessage = z.object({
  ...StoredMessage.shape,
  status: MessageStatus,
  reasoning: z.string(),
  tool_call_id: z.string().nullable(),
  finish_reason: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** Ms from the request to the first token and to the end. */
  timings: z.object({ first_token_ms: z.number().nullable(), total_ms: z.number() }).nullable(),
  /** Ids of the messages that stand in the same place, this one among them, the oldest first. */
  versions: z.array(MessageId),
});
export type ConversationMessage = z.infer<typeof ConversationMessage>;

const about = { area: 'models', tags: ['Sessions'] } as const;

const { sessions_create, ...standard } = resource('sessions', {
  row: 'B50',
  tag: 'Sessions',
  noun: 'session',
  record: sessionRecord,
  entity: Session,
  create: z.strictObject({
    id: SessionId.optional(),
    title: title.default(''),
    model: model.default(null),
    tags: tags.default([]),
    params: ParamsPatch.default({}),
    system_prompt: extras.system_prompt.default(''),
    tools: extras.tools.default([]),
    response_schema: extras.response_schema.default(null),
  }),
  update: {
    title: title.optional(),
    model: model.optional(),
    tags: tags.optional(),
    /** Merged; null clears a parameter. */
    params: ParamsPatch.optional(),
    system_prompt: extras.system_prompt.optional(),
    tools: extras.tools.optional(),
    response_schema: extras.response_schema.optional(),
  },
  only: ['list', 'create', 'get', 'update', 'delete', 'restore'],
});

export const sessionOperations = {
  ...standard,
  sessions_create: { ...sessions_create, scope: 'run' as const },
  sessions_search: call(
    z.strictObject({ q: z.string().trim().min(1).max(500), limit: z.int().min(1).max(200).default(50) }),
    z.object({
      items: z.array(
        z.object({
          session_id: SessionId,
          message_id: MessageId,
          title: z.string(),
          snippet: z.string(),
          /** Higher is better. */
          score: z.number(),
        }),
      ),
    }),
    {
      ...about,
      row: 'B51',
      summary: 'Messages that contain all words of a text, the best first',
      scope: 'read',
      http: { method: 'GET', path: '/v1/session-search' },
    },
  ),
  messages_delete: call(z.strictObject({ session_id: SessionId, message_id: MessageId }), Deleted, {
    ...about,
    row: 'B51',
    summary: 'Delete a message; those after it stay',
    scope: 'manage',
    http: { method: 'DELETE', path: '/v1/sessions/{session_id}/messages/{message_id}' },
  }),
  get_history: call(
    z.object({
      session_id: SessionId,
      limit: z.int().min(1).max(1000).default(100),
      cursor: z.string().max(2048).optional(),
    }),
    z.object({
      session_id: SessionId,
      /** The oldest first. */
      messages: z.array(StoredMessage),
      count: z.int(),
      total_count: z.int(),
      next_cursor: z.string().nullable(),
    }),
    {
      ...about,
      row: 'R38',
      aliases: ['chat_history', 'history'],
      summary: 'Messages of a session',
      scope: 'read',
      localWithoutKey: true,
      http: { method: 'GET', path: '/v1/sessions/{session_id}/history' },
    },
  ),
  save_message: call(
    z.object({
      session_id: SessionId,
      message: z.object({ role: Role, content: z.string().min(1), name: z.string().max(128).nullish() }),
    }),
    z.object({
      status: z.literal('saved'),
      session_id: SessionId,
      request_id: z.string(),
      success: z.literal(true),
      message_id: MessageId,
    }),
    {
      ...about,
      row: 'R39',
      summary: 'Append a message to a session, which is created when there is none',
      scope: 'run',
      localWithoutKey: true,
      idempotencyKey: true,
      http: { method: 'POST', path: '/v1/sessions/{session_id}/messages' },
    },
  ),
  sessions_conversation: call(
    z.strictObject({ id: SessionId }),
    z.object({
      /** The branch that is shown, the oldest first. */
      items: z.array(ConversationMessage),
      /** The other messages in the place of the last one. */
      others: z.array(ConversationMessage),
    }),
    {
      ...about,
      row: '-',
      summary: 'The shown branch of a session with all that is known of it',
      scope: 'read',
      http: null,
    },
  ),
  sessions_choose: call(z.strictObject({ id: SessionId, message_id: MessageId }), Session, {
    ...about,
    row: '-',
    summary: 'Show the branch of a message, as far as it went last',
    scope: 'run',
    http: null,
  }),
};
