/** What goes with a problem body: headers about retrying, and OpenAI's error member. */
import { type AppError, codeOf, type ErrorSlug, type Problem, problemOf } from '../../../contract/kernel/errors.ts';
import { excerpt } from '../../../contract/kernel/text/printable.ts';

/** Non-retryable failures above 499. */
const NON_RETRYABLE: ReadonlySet<ErrorSlug> = new Set<ErrorSlug>([
  'model-not-loaded',
  'out-of-memory',
  'embedding-model-not-available',
  'cuda-error',
  'configuration-error',
  'record-damaged',
  'not-implemented',
]);

/** Headers of a failed HTTP answer besides those of every answer. */
export function problemHeaders(error: AppError): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json; charset=utf-8' };
  const { slug, status, extra } = error;
  const clientFault = status >= 400 && status < 500 && status !== 429 && slug !== 'idempotency-in-progress';
  if (clientFault || NON_RETRYABLE.has(slug)) headers['x-should-retry'] = 'false';
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  if (typeof extra.retry_after === 'number') {
    headers['retry-after'] = String(Math.ceil(extra.retry_after));
    headers['retry-after-ms'] = String(
      typeof extra.retry_after_ms === 'number' ? extra.retry_after_ms : Math.ceil(extra.retry_after * 1000),
    );
  }
  if (slug === 'method-not-allowed' && Array.isArray(extra.allowed)) headers.allow = extra.allowed.join(', ');
  return headers;
}

/** The problem body; `openai` adds the member that OpenAI's clients read. */
export function problemBody(
  error: AppError,
  context: { instance?: string; requestId?: string; openai?: boolean },
): Problem {
  const problem = problemOf(error, context);
  // A header only.
  delete problem.retry_after_ms;
  if (error.slug === 'validation-error') shorten(problem);
  if (!context.openai) return problem;
  const { detail: message, status, errors = {} } = problem;
  const [field] = Object.keys(errors);
  const param = field ?? (typeof error.extra.param === 'string' ? excerpt(error.extra.param, MAX_FIELD) : null);
  return { ...problem, error: { message, type: openAiType(status), param, code: codeOf(error.slug) } };
}

function openAiType(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

/** Longest name of a field, and longest text, that a refused input is answered with; characters. */
const MAX_FIELD = 128;
const MAX_TEXT = 256;

/** Names and values of the input come back in the texts, and may be as long as a body. */
function shorten(problem: Problem): void {
  problem.detail = excerpt(problem.detail, MAX_TEXT);
  if (typeof problem.field === 'string') problem.field = excerpt(problem.field, MAX_FIELD);
  if (typeof problem.reason === 'string') problem.reason = excerpt(problem.reason, MAX_TEXT);
  if (problem.errors === undefined) return;
  const errors = Object.entries(problem.errors).map(([field, text]) => [
    excerpt(field, MAX_FIELD),
    excerpt(text, MAX_TEXT),
  ]);
  problem.errors = Object.fromEntries(errors);
}
