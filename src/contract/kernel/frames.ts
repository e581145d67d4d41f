/** Frames of the bidirectional doors: IPC, WebSocket, data channel. */
import { z } from 'zod';
import { AREAS, SCOPES } from './define.ts';
import type { Problem } from './errors.ts';

/** Version of the frame protocol. */
export const FRAME_VERSION = 1;
/** WebSocket subprotocol, echoed when offered. */
export const SUBPROTOCOL = 'tabagent.v1';
/** Largest WebSocket frame, bytes. */
export const MAX_FRAME_BYTES = 32 * 1024 * 1024;
/** Calls one connection may have open at once. */
export const MAX_LIVE_CALLS = 64;
/** Bytes that may wait in a connection before nothing more is sent. */
export const HIGH_WATER_BYTES = 1024 * 1024;
/** Ping interval, ms; a connection silent for {@link IDLE_CLOSE_MS} is closed. */
export const PING_MS = 30_000;
/** Silence after which a connection is closed, ms. */
export const IDLE_CLOSE_MS = 75_000;

/** WebSocket close codes. */
export const CLOSE = {
  badToken: 4401,
  refused: 4403,
  idle: 4408,
  tooMany: 4429,
  tooBig: 1009,
  shutdown: 1001,
} as const;

/** Id of one call, chosen by the client, unique among its live calls. */
export const CallId = z.union([z.string().min(1).max(64), z.int()]);
export type CallId = z.infer<typeof CallId>;

/** What a client may send. */
export const ClientFrame = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('hello'),
    v: z.literal(FRAME_VERSION),
    token: z.string().max(200).optional(),
    client: z.object({ name: z.string().max(100), version: z.string().max(50) }).optional(),
  }),
  z.object({
    t: z.literal('call'),
    id: CallId,
    op: z.string().min(1).max(100),
    input: z.unknown().optional(),
    idem: z.string().min(1).max(200).optional(),
    request_id: z.string().max(128).optional(),
  }),
  z.object({ t: z.literal('cancel'), id: CallId }),
  z.object({ t: z.literal('ping'), n: z.number().optional() }),
  z.object({ t: z.literal('pong'), n: z.number().optional() }),
]);
export type ClientFrame = z.infer<typeof ClientFrame>;

/** Who a connection speaks for, as the client sees it. */
export const PrincipalInfo = z.object({
  kind: z.enum(['panel', 'key', 'extension', 'anonymous']),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  areas: z.array(z.enum(AREAS)),
});
export type PrincipalInfo = z.infer<typeof PrincipalInfo>;

/** What the server may send. */
export type ServerFrame =
  | {
      t: 'welcome';
      v: typeof FRAME_VERSION;
      /** In another `history` the sequence numbers of before are of no use; a host that is older names none. */
      server: { name: 'tabagent'; version: string; history?: string };
      capabilities: string[];
      principal: PrincipalInfo;
      limits: { frame_bytes: number; live_calls: number };
    }
  | { t: 'ok'; id: CallId; v: unknown }
  | { t: 'next'; id: CallId; seq: number; v: unknown }
  | { t: 'end'; id: CallId; v?: unknown }
  | { t: 'err'; id: CallId | null; e: Problem }
  | { t: 'bye'; reason: 'shutdown' | 'revoked' | 'idle' }
  | { t: 'ping'; n?: number }
  | { t: 'pong'; n?: number };

/** Marks where a slow reader lost items of a history stream. */
export interface Gap {
  type: 'gap';
  /** Number of items that were not delivered. */
  dropped: number;
  /** `since` that continues after the gap. */
  next_since: number;
}
