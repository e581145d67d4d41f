/**
 * The kernel of the contract: how one operation is described, once, for every door.
 * Nothing here knows about HTTP servers, sockets or Electron.
 */
import type { z } from 'zod';

/** What a caller may do; each scope includes those before it. */
export const SCOPES = ['read', 'run', 'manage', 'admin'] as const;
/** One permission level, see {@link SCOPES}. */
export type Scope = (typeof SCOPES)[number];

/** Part of the product an operation belongs to; `any` means no area check. */
export const AREAS = ['models', 'automation', 'host', 'any'] as const;
/** One product area, see {@link AREAS}. */
export type Area = (typeof AREAS)[number];

/** Rate-limit tiers of api.md §3. */
export const TIERS = [
  'none',
  'low',
  'standard',
  'inference',
  'embeddings',
  'rerank',
  'rag',
  'management',
  'model_management',
  'signalling',
  'auth',
] as const;
/** One rate-limit tier, see {@link TIERS}. */
export type Tier = (typeof TIERS)[number];

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
  /** Row of api.md that this operation implements (`R01`, `B26`); `-` for operations of our own panel. */
  row: string;
  tags: readonly string[];
  scope: Scope;
  area: Area;
  /** True when no credential is needed. */
  anonymous: boolean;
  tier: Tier;
  /** True when errors also carry the OpenAI `error` member. */
  openai: boolean;
  /** True when repeating the call changes nothing more. */
  idempotent: boolean;
  /** True when the answer is 202 and the work goes on as a job (api.md §4.6). */
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
  /** Answer of a call; for a stream, one item (`event` and `output` are then the same schema). */
  output: O;
  stream: S;
  /** See {@link InputScope}; null when `scope` is enough for every input. */
  scopeFor: ((input: never) => InputScope | null) | null;
  /**
   * True for streams whose items carry their own `seq`, kept in a history that `since` resumes from (api.md §4.8).
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
    anonymous: false,
    tier: 'standard',
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
  return { ...meta(rest), input, output, stream: 'never', scopeFor, history: false };
}

/** Describes an operation that answers with a stream of items. */
export function stream<I extends z.ZodType, E extends z.ZodType>(
  input: I,
  event: E,
  options: OperationOptions & { history?: boolean },
): Operation<I, E, 'always'> {
  const { history = false, ...rest } = options;
  return { ...meta(rest), input, output: event, stream: 'always', scopeFor: null, history };
}

/** A set of operations by id. */
export type Contract = Record<string, Operation>;

/** What a client passes to operation `O`. */
export type InputOf<O extends Operation> = z.input<O['input']>;
/** What a handler of operation `O` receives after parsing. */
export type ParsedInputOf<O extends Operation> = z.output<O['input']>;
/** What operation `O` answers, or one item of its stream. */
export type OutputOf<O extends Operation> = z.output<O['output']>;
