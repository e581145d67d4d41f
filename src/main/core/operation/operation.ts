/** Handlers of operations, and the context of a call. */

import type { OperationId, Operations } from '../../../contract/index.ts';
import type { Area, EventOf, Operation, OutputOf, ParsedInputOf, Scope } from '../../../contract/kernel/define.ts';
import type { Json } from '../../../contract/kernel/scalars.ts';

/** Which door a call came through. */
export type DoorName = 'memory' | 'ipc' | 'ws' | 'http' | 'native' | 'webrtc';

/** Who calls. Made by a door's authentication, never by a client. */
export interface Principal {
  kind: 'panel' | 'key' | 'extension' | 'anonymous';
  /** Stable id: a key id, a session id, an IP for anonymous callers. Rate limits and idempotency keys hang on it. */
  id: string;
  /** Name for people, for audit and logs. */
  name: string;
  /** Highest scope; scopes include those before them. Null for anonymous callers without any. */
  scope: Scope | null;
  areas: readonly Area[];
  /** Multiplies every rate limit; Infinity for the panel over IPC. */
  rateMultiplier: number;
  /** Web origin this credential is bound to, if any. */
  origin?: string;
  /** Absent for callers whose credential cannot end before the host does. */
  grant?: Grant;
}

/** The life of a credential with the rights that it has now. It ends when the credential is revoked, changed or expired. */
export interface Grant {
  readonly ended: boolean;
  /** Called once, at once when it has ended already. @returns removes the listener; call it when the work is done */
  onEnd(listener: () => void): () => void;
  /** Notes that a call was admitted. */
  used(): void;
}

/** The idempotency key of a call, for handlers that record it in the transaction of their effect. */
export interface IdempotencyClaim {
  /**
   * Receipt of an earlier run of the same request that committed but did not answer (the caller left, the host ended): answer
   * from it and change nothing. Undefined on a first run.
   */
  readonly receipt: Json | undefined;
  /** Records in the current transaction that the request has taken effect. @param receipt enough to answer a repetition */
  commit(receipt: Json): void;
}

/** What a handler knows about the call it answers. */
export interface CallContext {
  principal: Principal;
  door: DoorName;
  /** Aborted by cancel, a closed connection, a closed window or the host's stop. */
  signal: AbortSignal;
  /** uuid v7, or the client's own. */
  requestId: string;
  /** Version from `If-Match`; a mismatch is 412 instead of 409. */
  ifMatch?: number;
  /** How long the caller waits for a model that is being loaded, ms; absent: until it is. */
  loadWaitMs?: number;
  /** Set when the call has an idempotency key. */
  claim?: IdempotencyClaim;
  /** Remote address for rate limits per IP; `local` for IPC and memory. */
  remote: string;
  /** Origin of the page that calls; absent for callers that are no page. */
  origin?: string;
}

/** A file that a `bytes` operation answers with. HTTP sends its bytes; for every other door the dispatcher makes it a URL with a ticket. */
export interface FileContent {
  /** Absolute path of a file below `root`; neither is looked through for links yet. */
  path: string;
  /** The data directory. */
  root: string;
  name: string;
  mime: string;
  bytes: number;
}

/** What a handler of one operation answers. */
type AnswerOf<O extends Operation> = O extends { bytes: true }
  ? FileContent | Promise<FileContent>
  : O['stream'] extends 'always'
    ? AsyncIterable<OutputOf<O>>
    : O['stream'] extends 'never'
      ? OutputOf<O> | Promise<OutputOf<O>>
      : Promise<OutputOf<O>> | AsyncIterable<EventOf<O>>;

/** Handler of one operation. */
export type Handler<O extends Operation> = (input: ParsedInputOf<O>, context: CallContext) => AnswerOf<O>;

/** Handlers of some operations, typed by the contract. */
export type Handlers<Ids extends OperationId> = { [K in Ids]: Handler<Operations[K]> };

/** A handler without its types, as the dispatcher keeps it. */
export type AnyHandler = (input: never, context: CallContext) => unknown;

/** The handlers of one feature, with its name for messages. */
export interface HandlerSet {
  feature: string;
  handlers: Readonly<Record<string, AnyHandler>>;
}

/** The dispatcher as doors, the shell and the CLI see it. */
export interface Dispatcher {
  /**
   * Runs a call and answers its output; for a stream, an async iterable of its items.
   * @param op operation id or alias; case, `-` and `.` are normalised
   * @param input raw input; absent and null equal `{}`
   * @throws AppError always, whatever the handler threw
   */
  dispatch(op: string, input: unknown, context: CallContext, options?: DispatchOptions): Promise<DispatchResult>;
  /** Resolves an id or alias. @throws AppError `route-not-found` with `did_you_mean` */
  resolve(op: string): { id: OperationId; operation: Operation };
}

/** Options of one dispatch. */
export interface DispatchOptions {
  idempotencyKey?: string;
  /** Called with the state of the caller's rate-limit bucket, for `x-ratelimit-*`. */
  onRate?: (state: { limit: number; remaining: number; resetSeconds: number }) => void;
}

/** What a dispatch gives. */
export type DispatchResult =
  | { kind: 'value'; id: OperationId; operation: Operation; value: unknown; replayed: boolean; accepted: boolean }
  | { kind: 'stream'; id: OperationId; operation: Operation; items: AsyncIterable<unknown> };
