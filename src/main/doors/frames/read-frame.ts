/** Reading a client's frame. */
import { AppError } from '../../../contract/kernel/errors.ts';
import { ClientFrame } from '../../../contract/kernel/frames.ts';
import { parseSafely } from '../../../contract/kernel/parse.ts';

/** @throws AppError for a message that is no frame, or the error that the port found in place of one */
export function readFrame(message: unknown): ClientFrame {
  if (message instanceof AppError) throw message;
  const result = parseSafely(ClientFrame, message);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue && issue.path.length > 0 ? ` (${issue.path.join('.')})` : '';
  throw new AppError('bad-request', `The frame cannot be read${where}; docs/wire.md lists the frames.`);
}
