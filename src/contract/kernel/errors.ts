/**
 * The catalogue of errors: RFC 7807 slugs with their HTTP status and native code,
 * the one error class of the product, and the problem body that crosses every door.
 */
import { z } from 'zod';
import { storageFaultCode } from './storage-faults.ts';

/** Code of the native-messaging failure frame. */
export type NativeCode =
  | 'BAD_REQUEST'
  | 'JSON_ERROR'
  | 'VALIDATION_ERROR'
  | 'AUTH_ERROR'
  | 'ROUTE_NOT_FOUND'
  | 'PROTOCOL_ERROR'
  | 'RATE_LIMIT_EXCEEDED'
  | 'CANCELLED'
  | 'INTERNAL_ERROR'
  | 'BACKEND_ERROR';

interface CatalogueEntry {
  status: number;
  native: NativeCode;
  /** What the reader should do next; the default `detail`. */
  hint: string;
}

const entry = (status: number, native: NativeCode, hint: string): CatalogueEntry => ({ status, native, hint });

/** Every slug the product can answer with. */
export const ERRORS = {
  'bad-request': entry(400, 'BAD_REQUEST', 'The request cannot be understood; check it against the API reference.'),
  'invalid-json': entry(400, 'JSON_ERROR', 'The body is not valid JSON; fix the syntax at the named position.'),
  'validation-error': entry(400, 'VALIDATION_ERROR', 'A field has a wrong value; see errors.'),
  'unsupported-parameter': entry(400, 'VALIDATION_ERROR', 'Remove the named parameter.'),
  'context-length-exceeded': entry(
    400,
    'VALIDATION_ERROR',
    'Shorten the prompt or load the model with a larger context.',
  ),
  unauthorized: entry(
    401,
    'AUTH_ERROR',
    'Send an API key: Authorization: Bearer tak_… (make one in Connections or with tabagent keys create).',
  ),
  forbidden: entry(403, 'AUTH_ERROR', 'This credential lacks the named scope or area; use another key.'),
  'origin-not-allowed': entry(403, 'AUTH_ERROR', 'Add this origin to the setting “Allowed origins” if you trust it.'),
  'host-not-allowed': entry(
    403,
    'AUTH_ERROR',
    'Use 127.0.0.1 or localhost, or add the name to the setting “Allowed host names”.',
  ),
  'not-found': entry(404, 'BACKEND_ERROR', 'Nothing has this id; list the resource to see what exists.'),
  'route-not-found': entry(404, 'ROUTE_NOT_FOUND', 'No such route; GET /v1/routes lists all of them.'),
  'model-not-found': entry(404, 'BACKEND_ERROR', 'List the models with GET /v1/models.'),
  'session-not-found': entry(404, 'BACKEND_ERROR', 'POST /v1/sessions/<id>/messages creates a session.'),
  'method-not-allowed': entry(405, 'BAD_REQUEST', 'Use one of the allowed methods.'),
  conflict: entry(409, 'BAD_REQUEST', 'The resource is in use or already exists.'),
  'invalid-state': entry(409, 'BAD_REQUEST', 'The resource is not in a state that allows this.'),
  'idempotency-in-progress': entry(
    409,
    'BAD_REQUEST',
    'The first request with this key is still running; try again shortly.',
  ),
  'version-conflict': entry(409, 'BAD_REQUEST', 'It was changed in the meantime; load it again and repeat the change.'),
  'cursor-expired': entry(410, 'BAD_REQUEST', 'Changes that old are no longer kept; start again from oldest.'),
  'payload-too-large': entry(413, 'PROTOCOL_ERROR', 'Send less, or use an upload.'),
  'unsupported-media-type': entry(415, 'BAD_REQUEST', 'Send Content-Type: application/json.'),
  'unprocessable-entity': entry(422, 'BAD_REQUEST', 'The request is well-formed but cannot be carried out.'),
  'idempotency-key-reuse': entry(422, 'BAD_REQUEST', 'Use a new Idempotency-Key for a different request.'),
  'model-corrupted': entry(422, 'BACKEND_ERROR', 'Download the model again with POST /v1/pull.'),
  'too-many-requests': entry(429, 'RATE_LIMIT_EXCEEDED', 'Wait retry_after seconds.'),
  'resource-limit-exceeded': entry(429, 'RATE_LIMIT_EXCEEDED', 'Wait until a running request has finished.'),
  'session-limit-reached': entry(429, 'RATE_LIMIT_EXCEEDED', 'Close a session first.'),
  cancelled: entry(499, 'CANCELLED', 'The caller cancelled.'),
  'internal-server-error': entry(500, 'INTERNAL_ERROR', 'See the host log for this request_id.'),
  'cuda-error': entry(500, 'BACKEND_ERROR', 'Check the driver and the GPU.'),
  'vector-store-error': entry(500, 'BACKEND_ERROR', 'Reindex the collection.'),
  'record-damaged': entry(
    500,
    'BACKEND_ERROR',
    'This record cannot be read any more; delete it, or restore a backup of the database.',
  ),
  'configuration-error': entry(500, 'BACKEND_ERROR', 'Correct the named setting.'),
  'not-implemented': entry(501, 'BACKEND_ERROR', 'This channel does not offer the feature.'),
  'model-not-loaded': entry(503, 'BACKEND_ERROR', 'POST /v1/models/load {"model_id"}.'),
  'out-of-memory': entry(503, 'BACKEND_ERROR', 'POST /v1/models/unload to free memory.'),
  'embedding-model-not-available': entry(503, 'BACKEND_ERROR', 'GET /v1/embedding-models, then load one.'),
  'service-unavailable': entry(503, 'BACKEND_ERROR', 'Try again in retry_after seconds.'),
  'generation-timeout': entry(504, 'BACKEND_ERROR', 'POST /v1/generation/stop, then try a smaller request.'),
  'gateway-timeout': entry(504, 'BACKEND_ERROR', 'The upstream did not answer in time.'),
  'storage-full': entry(
    507,
    'BACKEND_ERROR',
    'Free some space on the disk that holds the data; work then continues automatically.',
  ),
  // Outcomes of tasks: stored on the task, not answered by routes.
  'script-error': entry(500, 'BACKEND_ERROR', 'Fix the script at the named line and run the task again.'),
  'script-invalid': entry(422, 'BAD_REQUEST', 'The script does not compile or has no default export.'),
  'process-failed': entry(500, 'BACKEND_ERROR', 'The process failed; see its log.'),
  'expectation-failed': entry(500, 'BACKEND_ERROR', 'The response failed a response check of the command.'),
  'browser-not-found': entry(
    503,
    'BACKEND_ERROR',
    'Install Chrome, Chromium, Edge or Brave, or choose a browser program in Settings → Browser.',
  ),
  'browser-failed': entry(503, 'BACKEND_ERROR', 'The browser could not be started or was closed; see the log.'),
  'proxy-failed': entry(
    503,
    'BACKEND_ERROR',
    'The proxy cannot be used, so nothing was started; check it in Proxies. Nothing goes out without it.',
  ),
  'exit-mismatch': entry(
    409,
    'BACKEND_ERROR',
    'The exit of the proxy does not fit the profile; change one of them, or accept this exit in the profile.',
  ),
  'traffic-spent': entry(
    409,
    'BACKEND_ERROR',
    'The profile has used its traffic budget; wait for the next day or month, or raise the budget.',
  ),
  'profile-locked': entry(409, 'BAD_REQUEST', 'Another program is using this profile; close it or unlock the profile.'),
  'task-timeout': entry(504, 'BACKEND_ERROR', 'Increase the timeout or make the command faster.'),
  'task-interrupted': entry(503, 'BACKEND_ERROR', 'The host stopped while the task ran; run it again.'),
  'worker-crashed': entry(503, 'BACKEND_ERROR', 'The process that ran the task ended unexpectedly; see the log.'),
} as const satisfies Record<string, CatalogueEntry>;

/** A slug of the catalogue. */
export type ErrorSlug = keyof typeof ERRORS;

/** Base of every problem `type` URI. */
export const PROBLEM_BASE = 'https://tabagent.dev/errors/';

/** Problem details on the wire (RFC 9457, obsoletes RFC 7807), see docs/wire.md; extra members are allowed. */
export const Problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().optional(),
  request_id: z.string().optional(),
  code: z.string(),
  errors: z.record(z.string(), z.string()).optional(),
});
/** A parsed problem body. */
export type Problem = z.infer<typeof Problem>;

/** Options of {@link AppError}. */
export interface AppErrorOptions {
  /** Overrides the catalogue's status (412 for a failed `If-Match`). */
  status?: number;
  /** Extra members of the problem body, such as `required_scope` or `dependents`. */
  extra?: Record<string, unknown>;
  /** Validation texts by path. */
  errors?: Record<string, string>;
  /** What went wrong inside; goes to the log only. */
  cause?: unknown;
}

/** The one error that may cross a door. Anything else becomes `internal-server-error`. */
export class AppError extends Error {
  readonly slug: ErrorSlug;
  readonly status: number;
  readonly extra: Record<string, unknown>;
  readonly errors: Record<string, string> | undefined;

  /**
   * @param slug   entry of {@link ERRORS}
   * @param detail what failed and what to do next; the catalogue's hint when left out
   */
  constructor(slug: ErrorSlug, detail?: string, options: AppErrorOptions = {}) {
    super(detail ?? ERRORS[slug].hint, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.slug = slug;
    this.status = options.status ?? ERRORS[slug].status;
    this.extra = options.extra ?? {};
    this.errors = options.errors;
  }
}

/** `model-not-loaded` → `Model Not Loaded`. */
export function titleOf(slug: ErrorSlug): string {
  return slug
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}

/** Machine code of a slug: `model-not-loaded` → `model_not_loaded`. */
export function codeOf(slug: ErrorSlug): string {
  return slug.replaceAll('-', '_');
}

/**
 * Turns any thrown value into an {@link AppError}: `storage-full` when a disk refused a write, `cancelled` for an abort; any other
 * becomes `internal-server-error` with the value as cause.
 */
export function toAppError(value: unknown): AppError {
  if (value instanceof AppError) return value;
  if (value instanceof Error && value.name === 'AbortError')
    return new AppError('cancelled', undefined, { cause: value });
  if (storageFaultCode(value) !== null) return new AppError('storage-full', undefined, { cause: value });
  return new AppError('internal-server-error', undefined, { cause: value });
}

/**
 * The problem body of an error.
 * @param instance where it happened: the request path, `/rpc#<op>`, `native:<route>` or `webrtc:<op>`
 */
export function problemOf(error: AppError, context: { instance?: string; requestId?: string } = {}): Problem {
  return {
    type: PROBLEM_BASE + error.slug,
    title: titleOf(error.slug),
    status: error.status,
    detail: error.message,
    ...(context.instance === undefined ? {} : { instance: context.instance }),
    ...(context.requestId === undefined ? {} : { request_id: context.requestId }),
    code: codeOf(error.slug),
    ...(error.errors === undefined ? {} : { errors: error.errors }),
    ...error.extra,
  };
}

/**
 * The error for one field that is refused.
 * @param more completes the sentence for people; `errors` and `reason` do without it
 * @param param whether OpenAI's `param` names the field too
 */
export function invalidField(field: string, reason: string, { more = '', param = false } = {}): AppError {
  return new AppError('validation-error', `Field '${field}': ${reason}${more}`, {
    errors: { [field]: reason },
    extra: { field, reason, ...(param ? { param: field } : {}) },
  });
}

/** Rebuilds the error a problem body describes, on the client's side of a door. */
export function errorOf(problem: Problem): AppError {
  const { type, title, status, detail, instance, request_id, code, errors, ...extra } = problem;
  const slug = code.replaceAll('_', '-');
  return new AppError(Object.hasOwn(ERRORS, slug) ? (slug as ErrorSlug) : 'internal-server-error', detail, {
    status,
    extra: {
      ...extra,
      ...(request_id === undefined ? {} : { request_id }),
      ...(instance === undefined ? {} : { instance }),
    },
    ...(errors === undefined ? {} : { errors }),
  });
}

/** The frames of a problem's stack, without the message above them, which is shown already; `null` when there are none. */
export function framesOf({ stack, detail }: Pick<Problem, 'detail'> & { stack?: unknown }): string | null {
  if (typeof stack !== 'string') return null;
  if (!stack.startsWith(detail)) return stack;
  // Indented under the message; without it they stand at the edge.
  return stack.slice(detail.length).replaceAll(/^ {4}/gm, '').trim() || null;
}
