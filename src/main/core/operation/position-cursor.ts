/** Cursors of what is read by position: bytes of a file, numbers of lines. */
import { type AppError, invalidField } from '../../../contract/kernel/errors.ts';

/** Fifteen digits are exact in a number. */
const POSITION = /^(?:0|[1-9]\d{0,14})$/;

/** The error for a cursor that nobody was given. @param list completes "is not a cursor of …" */
export function notACursor(list: string): AppError {
  const reason = `is not a cursor of ${list}`;
  return invalidField('cursor', reason);
}

/** The position in a cursor. @throws AppError `validation-error` */
export function positionIn(cursor: string, list: string): number {
  if (!POSITION.test(cursor)) throw notACursor(list);
  return Number(cursor);
}
