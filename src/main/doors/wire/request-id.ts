/** Request ids: ours are uuid v7, a client's own are adopted when they are uuids. */
import { invalidField } from '../../../contract/kernel/errors.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True for the text form of RFC 9562. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** @throws AppError `validation-error` for a request id that is no uuid */
export function assertRequestId(id: string | undefined): void {
  if (id === undefined || isUuid(id)) return;
  const reason = 'request_id must be a valid UUID';
  throw invalidField('request_id', reason);
}
