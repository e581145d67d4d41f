/** Answers that are being written. They live beside the screens: another screen may be looked at while they come. */
import { create } from 'zustand';
import type { Client } from '../../../../contract/client/client-types.ts';
import type { AppError } from '../../../../contract/kernel/errors.ts';
import { ChatChunk, type ToolCall } from '../../../../contract/models/openai/chat.ts';
import type { Usage } from '../../../../contract/models/openai/shared.ts';
import type { ConversationMessage, MessageId } from '../../../../contract/models/sessions.ts';
import { asError } from '../../../lib/live/query.ts';
import type { ChatRequest, Said } from '../request.ts';

/** One answer on its way. */
export interface LiveAnswer {
  /** As answers name the model; until the first piece as it was asked for. */
  model: string | null;
  content: string;
  reasoning: string;
  calls: readonly ToolCall[];
  usage: Usage | null;
  /** Ms from the request to the first piece, and to the last one so far. */
  firstMs: number | null;
  lastMs: number;
  state: 'waiting' | 'writing' | 'done' | 'failed';
  error: AppError | null;
}

/** What is shown in place of the stored messages behind `after` until it is over. */
export interface LiveTurn {
  /** Null: at the beginning. */
  after: MessageId | null;
  said: readonly Said[];
  answers: readonly LiveAnswer[];
}

/** A request and what came back. */
export interface Exchange {
  at: number;
  request: ChatRequest;
  chunks: readonly ChatChunk[];
  error: AppError | null;
}

interface Streams {
  /** By session. */
  turns: Readonly<Record<string, LiveTurn>>;
  /** Why the last request of a session left no answer. */
  failures: Readonly<Record<string, AppError>>;
  /** The last requests of a session, the newest first. */
  exchanges: Readonly<Record<string, readonly Exchange[]>>;
}

export const useStreams = create<Streams>()(() => ({ turns: {}, failures: {}, exchanges: {} }));

/** Time between two drawings of an answer, ms. */
const DRAW_MS = 60;
const MAX_EXCHANGES = 4;
const MAX_CHUNKS = 5_000;

const without = <T>(members: Readonly<Record<string, T>>, name: string): Record<string, T> => {
  const { [name]: _gone, ...rest } = members;
  return rest;
};

export const forgetFailure = (session: string): void =>
  useStreams.setState(({ failures }) => ({ failures: without(failures, session) }));

/** Adds the pieces of calls to those that are known. */
export function withCalls(
  calls: readonly ToolCall[],
  pieces: ChatChunk['choices'][number]['delta']['tool_calls'] = [],
) {
  const next = [...calls];
  for (const { index, id, function: piece } of pieces) {
    const known = next[index];
    next[index] = {
      id: id ?? known?.id ?? '',
      type: 'function',
      function: {
        name: piece?.name ?? known?.function.name ?? '',
        arguments: (known?.function.arguments ?? '') + (piece?.arguments ?? ''),
      },
    };
  }
  return next;
}

const startOf = (request: ChatRequest, base: Partial<ConversationMessage>): LiveAnswer => ({
  model: request.model ?? null,
  content: base.content ?? '',
  reasoning: base.reasoning ?? '',
  calls: [],
  usage: null,
  firstMs: null,
  lastMs: 0,
  state: 'waiting',
  error: null,
});

/** The answer with one more piece. @param ms since the request */
export function withChunk(answer: LiveAnswer, chunk: ChatChunk, ms: number): LiveAnswer {
  const delta = chunk.choices[0]?.delta ?? {};
  const isText = Boolean(delta.content || delta.reasoning_content || delta.tool_calls?.length);
  return {
    ...answer,
    model: chunk.model,
    content: answer.content + (delta.content ?? ''),
    reasoning: answer.reasoning + (delta.reasoning_content ?? ''),
    calls: delta.tool_calls === undefined ? answer.calls : withCalls(answer.calls, delta.tool_calls),
    usage: chunk.usage ?? answer.usage,
    firstMs: answer.firstMs ?? (isText ? ms : null),
    lastMs: isText ? ms : answer.lastMs,
    state: isText ? 'writing' : answer.state,
  };
}

function put(session: string, index: number, answer: LiveAnswer): void {
  useStreams.setState(({ turns }) => {
    const turn = turns[session];
    if (turn === undefined) return {};
    return { turns: { ...turns, [session]: { ...turn, answers: turn.answers.with(index, answer) } } };
  });
}

function keep(session: string, exchange: Exchange): void {
  useStreams.setState(({ exchanges }) => {
    const others = (exchanges[session] ?? []).filter(({ request }) => request !== exchange.request);
    return { exchanges: { ...exchanges, [session]: [exchange, ...others].slice(0, MAX_EXCHANGES) } };
  });
}

async function answerOne(client: Client, session: string, index: number, request: ChatRequest, first: LiveAnswer) {
  const begun = performance.now();
  const chunks: ChatChunk[] = [];
  let answer = first;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const draw = () => {
    timer = undefined;
    put(session, index, answer);
  };
  let error: AppError | null = null;
  try {
    for await (const item of client.raw('chat', request)) {
      const chunk = ChatChunk.parse(item);
      if (chunks.length < MAX_CHUNKS) chunks.push(chunk);
      answer = withChunk(answer, chunk, performance.now() - begun);
      timer ??= setTimeout(draw, DRAW_MS);
    }
  } catch (thrown) {
    error = asError(thrown);
  }
  clearTimeout(timer);
  answer = { ...answer, state: error === null ? 'done' : 'failed', error };
  put(session, index, answer);
  keep(session, { at: Date.now(), request, chunks, error });
  return answer;
}

/** Most messages that any answer to these requests was written without. */
export const droppedBy = (session: string, requests: readonly ChatRequest[]): number =>
  (useStreams.getState().exchanges[session] ?? [])
    .filter(({ request }) => requests.includes(request))
    .flatMap(({ chunks }) => chunks.map(({ truncated }) => truncated?.dropped_messages ?? 0))
    .reduce((most, dropped) => Math.max(most, dropped), 0);

/** What is asked, and where it stands in the conversation. */
export interface Turn {
  after: MessageId | null;
  said: readonly Said[];
  /** One, or several that answer the same side by side. */
  requests: readonly ChatRequest[];
  /** The message that the answer goes on with. */
  base?: Partial<ConversationMessage>;
}

/**
 * Asks and shows what comes.
 * @param settled resolves when the stored conversation has been read again; then it is shown instead
 * @returns why nothing was written, or null
 */
export async function runTurn(
  client: Client,
  session: string,
  { after, said, requests, base = {} }: Turn,
  settled: () => Promise<unknown>,
): Promise<AppError | null> {
  if (useStreams.getState().turns[session] !== undefined) return null;
  const answers = requests.map((request) => startOf(request, base));
  useStreams.setState(({ turns, failures }) => ({
    turns: { ...turns, [session]: { after, said, answers } },
    failures: without(failures, session),
  }));
  const ended = await Promise.all(
    requests.map((request, index) => answerOne(client, session, index, request, answers[index] as LiveAnswer)),
  );
  await settled().catch(() => undefined);
  const failed = ended.find(({ error, firstMs }) => error !== null && firstMs === null)?.error ?? null;
  useStreams.setState(({ turns, failures }) => ({
    turns: without(turns, session),
    failures: failed === null ? failures : { ...failures, [session]: failed },
  }));
  return failed;
}
