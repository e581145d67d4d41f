/** Whatever Fastify, Node or a plugin throws, as an error of the catalogue. */
import { AppError, toAppError } from '../../../../contract/kernel/errors.ts';

interface ForeignError {
  code?: unknown;
  statusCode?: unknown;
  message?: unknown;
}

/** Turns a framework's error into ours; an unknown one becomes `internal-server-error`. */
export function fromFramework(thrown: unknown, limitBytes?: number): AppError {
  if (thrown instanceof AppError) return thrown;
  const { code, statusCode, message } = (thrown ?? {}) as ForeignError;
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
    case 'FST_REQ_FILE_TOO_LARGE':
      return new AppError('payload-too-large', undefined, {
        extra: limitBytes === undefined ? {} : { limit_bytes: limitBytes },
        cause: thrown,
      });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_INVALID_MULTIPART_CONTENT_TYPE':
      return new AppError('unsupported-media-type', undefined, {
        extra: { accepted: ['application/json', 'application/*+json'] },
        cause: thrown,
      });
    case 'FST_ERR_BAD_URL':
      return new AppError('bad-request', 'The address cannot be decoded; check its percent-encoding.', {
        cause: thrown,
      });
  }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new AppError('bad-request', typeof message === 'string' ? `${message}.` : undefined, {
      status: statusCode,
      cause: thrown,
    });
  }
  return toAppError(thrown);
}

/** The error for bytes that never became a request; null when the client has gone. */
export function fromParser(error: NodeJS.ErrnoException): AppError | null {
  switch (error.code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return null;
    case 'HPE_HEADER_OVERFLOW':
      return new AppError('bad-request', 'The request head is too large (16 KiB at most, without cookies).', {
        status: 431,
      });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new AppError('bad-request', 'The request did not arrive in time.', { status: 408 });
    default:
      return new AppError('bad-request', 'This is not a valid HTTP/1.1 request.');
  }
}
