import type { ServerDispatcher } from '../../dispatch/dispatcher.ts';
import type { Exchange } from './exchange.ts';

/** Counts the body of a request until the answer has gone out, or the caller. @throws AppError `resource-limit-exceeded` */
export function holdBody({ intake }: ServerDispatcher, { req, res, principal }: Exchange, limit: number): void {
  const { 'content-length': length, 'transfer-encoding': coding } = req.headers;
  const bytes = length === undefined ? (coding === undefined ? 0 : limit) : Math.min(Number(length), limit);
  if (bytes > 0) res.once('close', intake.take(principal.id, bytes));
}
