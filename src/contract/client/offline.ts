/** The error of everything that needs a connection while there is none. */
import { AppError } from '../kernel/errors.ts';

/** Makes one. */
export function offlineError(retries: boolean): AppError {
  const detail = retries
    ? 'The host cannot be reached. Trying to connect again.'
    : 'The connection to the host is closed.';
  return new AppError('service-unavailable', detail, { extra: { reason: 'offline' } });
}
