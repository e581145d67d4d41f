/**
 * The kernel of the contract: how one operation is described, once, for every door.
 * Nothing here knows about HTTP servers, sockets or Electron.
 */
import { z } from 'zod';
import { Timestamp } from './scalars.ts';

/** What a caller may do; each scope includes those before it. */
export const SCOPES = ['read', 'run', 'manage', 'admin'] as const;
/** One permission level, see {@link SCOPES}. */
export type Scope = (typeof SCOPES)[number];

/** Part of the product an operation belongs to; `any` means no area check. */
export const AREAS = ['models', 'automation', 'host', 'any'] as const;
/** One product area, see {@link AREAS}. */
export type Area = (typeof AREAS)[number];

/** Requests of one caller: `per_min` in the long run, `burst` at once. */
export interface Rate {
  per_min: number;
  burst: number;
}

/** Rate-limit tiers with their default limits: operations of one tier share a bucket per caller. Setting `rate_limits.tiers` overrides them. */
export const RATES = {
  none: { per_min: 6000, burst: 1000 },
  low: { per_min: 300, burst: 60 },
  standard: { per_min: 600, burst: 100 },
  inference: { per_min: 600, burst: 60 },
  embeddings: { per_min: 600, burst: 100 },
  rerank: { per_min: 300, burst: 60 },
  rag: { per_min: 300, burst: 60 },
  management: { per_min: 60, burst: 20 },
  model_management: { per_min: 60, burst: 20 },
  signalling: { per_min: 60, burst: 20 },
  auth: { per_min: 10, burst: 5 },
} as const satisfies Record<string, Rate>;
/** One rate-limit tier, see {@link RATES}. */
export type Tier = keyof typeof RATES;
export const TIERS = Object.keys(RATES) as [Tier, ...Tier[]];

/**
 * Largest HTTP request body in bytes, by what it holds: `json` small documents, `documents` JSON that carries texts or
 * images, `file` bytes that are streamed to disk.
 */
export const PAYLOAD_LIMITS = { json: 2 * 1024 ** 2, documents: 32 * 1024 ** 2, file: 2 * 1024 ** 3 } as const;
/** What the request body of an operation holds, see {@link PAYLOAD_LIMITS}. */
export type Payload = keyof typeof PAYLOAD_LIMITS;

/** HTTP methods that operations use. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Address of an operation on the HTTP door. */
export interface HttpBinding {
  method: Method;
  /** Path with `{name}` parameters, absolute, for example `/v1/tasks/{id}`. */
  path: string;
  /** Success status; 200 unless said. */
  status?: number;
  /** Template of the `Location` header, filled from the output, for example `/v1/tasks/{id}`. */
  location?: string;
  /** Member that a bare HTTP body stands for, where the body is not the input object itself. */
  body?: string;
  /** Further addresses of the same operation. */
  aliases?: { method: Method; path: string }[];
}

/** Everything about an operation but its schemas. */
export interface OperationMeta {
  /** One line for people, used by OpenAPI, the explorer and the command palette. */
  summary: string;
  /** Stable tracking number (`R01`, `B26`), shown in OpenAPI as `x-row`; `-` for operations of our own panel. Nothing depends on it. */
  row: string;
  /** Further names that clients call it by, such as `ping` for `health`; lower case with underscores. */
  aliases: readonly string[];
  tags: readonly string[];
  scope: Scope;
  area: Area;
  /** True when no credential is needed. */
  anonymous: boolean;
  /** True when local callers without a credential may run it once the operator allows them to (`allow_unauthenticated_local`). */
  localWithoutKey: boolean;
  /** True when a page of any browser extension may call it, not only of those that are paired. */
  anyExtension: boolean;
  /** True when only the desktop app offers it: every door but IPC answers 501 `not-implemented`. */
  desktopOnly: boolean;
  /** True when each call is written to the audit log; by default every operation that changes something. */
  audited: boolean;
  tier: Tier;
  payload: Payload;
  /** True when errors also carry the OpenAI `error` member. */
  openai: boolean;
  /** True when repeating the call changes nothing more. */
  idempotent: boolean;
  /** True when the answer is 202 and the work goes on as a job. */
  job: boolean;
  /**
   * True when success is a file: the HTTP door streams the bytes (Range supported), every frame door answers
   * a short-lived URL instead, because bytes never travel in frames.
   */
  bytes: boolean;
  /** True when `Idempotency-Key` is honoured (POSTs that create or start something). */
  idempotencyKey: boolean;
  /** `null`: only the panel's frame doors offer it. */
  http: HttpBinding | null;
}

/** One operation: its schemas and {@link OperationMeta}. */
export interface Operation<
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
  S extends StreamMode = StreamMode,
> extends OperationMeta {
  input: I;
  /** Answer of a call; for a stream, one item. */
  output: O;
  /** One item, where a call may also be a stream; null where `output` says all. */
  event: z.ZodType | null;
  stream: S;
  /** See {@link InputScope}; null when `scope` is enough for every input. */
  scopeFor: ((input: never) => InputScope | null) | null;
  /**
   * True for streams whose items carry their own `seq`, kept in a history that `since` resumes from.
   */
  history: boolean;
}

/** What one parsed input needs beyond the scope of its operation. */
export interface InputScope {
  scope: Scope;
  /** Subject of the refusal's sentence: `<what> needs a credential with scope …`. */
  what: string;
}

/** Whether an operation answers once, many times, or as `input.stream` says. */
export type StreamMode = 'never' | 'optional' | 'always';

/** The members an author has to give; the rest follows from the method. */
export type OperationOptions = Pick<OperationMeta, 'summary' | 'row' | 'tags' | 'scope' | 'area' | 'http'> &
  Partial<OperationMeta>;

function meta(options: OperationOptions): OperationMeta {
  const method = options.http?.method;
  return {
    aliases: [],
    anonymous: false,
    localWithoutKey: false,
    anyExtension: false,
    desktopOnly: false,
    audited: method === undefined ? options.scope !== 'read' : method !== 'GET',
    tier: 'standard',
    payload: 'json',
    openai: false,
    idempotent: method !== undefined && method !== 'POST',
    job: false,
    bytes: false,
    idempotencyKey: false,
    ...options,
  };
}

/** Describes an operation with one answer. */
export function call<I extends z.ZodType, O extends z.ZodType>(
  input: I,
  output: O,
  options: OperationOptions & { scopeFor?: (input: z.output<I>) => InputScope | null },
): Operation<I, O, 'never'> {
  const { scopeFor = null, ...rest } = options;
  return { ...meta(rest), input, output, event: null, stream: 'never', scopeFor, history: false };
}

/** Describes an operation that answers with a stream of items. */
export function stream<I extends z.ZodType, E extends z.ZodType>(
  input: I,
  event: E,
  options: OperationOptions & { history?: boolean },
): Operation<I, E, 'always'> {
  const { history = false, ...rest } = options;
  return { ...meta(rest), input, output: event, event: null, stream: 'always', scopeFor: null, history };
}

/** Describes an operation that answers with a stream of items when `input.stream` is true, else once. */
export function callOrStream<I extends z.ZodType<{ stream: boolean }>, O extends z.ZodType, E extends z.ZodType>(
  input: I,
  output: O,
  event: E,
  options: OperationOptions,
): Operation<I, O, 'optional'> & { event: E } {
  return { ...meta(options), input, output, event, stream: 'optional', scopeFor: null, history: false };
}

/** Where to fetch the bytes of a file: what a frame door answers for a `bytes` operation. */
export const ContentUrl = z.object({
  /** Works once, without a credential, until `expires_at`. */
  url: z.string(),
  expires_at: Timestamp,
  name: z.string(),
  mime: z.string(),
  bytes: z.int(),
});
export type ContentUrl = z.infer<typeof ContentUrl>;

/** An operation that answers with a file. `input.id` names it, and the path has `{id}`: a ticket opens one operation on one id. */
export type FileOperation<I extends z.ZodType> = Operation<I, typeof ContentUrl, 'never'> & { bytes: true };

/** Describes an operation that answers with a file. */
export function file<I extends z.ZodType<{ id: string }>>(
  input: I,
  options: Omit<OperationOptions, 'bytes' | 'http'> & { http: HttpBinding },
): FileOperation<I> {
  return { ...call(input, ContentUrl, options), bytes: true };
}

/** A set of operations by id. */
export type Contract = Record<string, Operation>;

/** What a client passes to operation `O`. */
export type InputOf<O extends Operation> = z.input<O['input']>;
/** What a handler of operation `O` receives after parsing. */
export type ParsedInputOf<O extends Operation> = z.output<O['input']>;
/** What operation `O` answers, or one item of its stream. */
export type OutputOf<O extends Operation> = z.output<O['output']>;
/** One item of operation `O`, which may answer once too. */
export type EventOf<O extends Operation> = O extends { event: infer E extends z.ZodType } ? z.output<E> : never;
