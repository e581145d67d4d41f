/** Recognising callers and admitting them to operations, before a byte of their body is read. */
import type { IncomingMessage } from 'node:http';
import { AppError, type ErrorSlug, toAppError } from '../../../../contract/kernel/errors.ts';
import type { Principal } from '../../../core/operation/operation.ts';
import type { Tickets } from '../../../core/operation/tickets.ts';
import type { Authenticator } from '../../../features/connections/index.ts';
import type { ServerDispatcher } from '../../dispatch/dispatcher.ts';
import type { RateLimiter } from '../../dispatch/rate-limit.ts';
import type { Peer } from '../../frames/frame-session.ts';
import type { Exchange } from './exchange.ts';

/** What it takes. */
export interface AdmitDeps {
  dispatcher: ServerDispatcher;
  authenticator: Authenticator;
  limiter: RateLimiter;
  tickets: Tickets;
}

/** The checkpoint of the HTTP door. */
export interface Admit {
  /** The principal of a request that is to be upgraded. @throws AppError */
  caller(req: IncomingMessage): Peer;
  /** Fills in the principal. @throws AppError */
  identify(exchange: Exchange): void;
  /** Identifies and asks the dispatcher. `ticket` opens one `bytes` operation on `target` once. @throws AppError */
  operation(exchange: Exchange, id: string, ticket?: { value: string; target: string }): void;
  /** Notes an upgrade by ticket that was turned away. @returns what it is told: who guesses too often is told to wait */
  refusedUpgrade(req: IncomingMessage, error: AppError): AppError;
  /** Notes a request that was turned away before it was an operation. */
  refused(exchange: Exchange, error: AppError): void;
}

/** Operation name of requests that were refused before they had one. */
const NO_OPERATION = '-';
/** Refusals that mean a wrong credential, not a wrong use of a right one. */
const BAD_CREDENTIAL: ReadonlySet<ErrorSlug> = new Set<ErrorSlug>(['unauthorized']);

const remoteOf = ({ socket }: IncomingMessage): string => socket.remoteAddress ?? 'unknown';
const anonymous = (remote: string): Principal => ({
  kind: 'anonymous',
  id: `ip:${remote}`,
  name: 'anonymous',
  scope: null,
  areas: [],
  rateMultiplier: 1,
});

/** Creates the checkpoint. */
export function createAdmit({ dispatcher, authenticator, limiter, tickets }: AdmitDeps): Admit {
  /** @param changes true for an operation that changes something, also where a dialect asks for it with GET */
  function caller(req: IncomingMessage, changes = false): Peer {
    const { headers, method } = req;
    const remote = remoteOf(req);
    const safe = (method === 'GET' || method === 'HEAD') && headers.upgrade === undefined && !changes;
    try {
      const credentials = {
        authorization: headers.authorization,
        apiKey: headers['x-api-key'] as string | undefined,
        origin: headers.origin,
        fetchSite: headers['sec-fetch-site'] as string | undefined,
        safe,
        remote,
      };
      return { principal: authenticator.authenticate(credentials), remote };
    } catch (thrown) {
      const error = toAppError(thrown);
      dispatcher.refused(NO_OPERATION, { principal: anonymous(remote), door: 'http' }, error);
      if (BAD_CREDENTIAL.has(error.slug)) limiter.takeFailure(remote);
      throw error;
    }
  }

  function identify(exchange: Exchange, changes = false): void {
    exchange.actAs(caller(exchange.req, changes).principal);
  }

  return {
    caller: (req) => caller(req),
    identify: (exchange) => identify(exchange),
    operation(exchange, id, ticket) {
      const { id: op, operation } = dispatcher.resolve(id);
      exchange.openai = operation.openai;
      if (ticket === undefined) {
        identify(exchange, operation.http !== null && operation.http.method !== 'GET');
      } else if (tickets.redeem(op, ticket.target, ticket.value)) {
        // The ticket is the credential: it opens this operation on this id only.
        exchange.actAs({
          ...anonymous(exchange.remote),
          kind: 'key',
          id: 'ticket',
          name: 'one-time ticket',
          scope: operation.scope,
          areas: [operation.area],
        });
      } else {
        throw new AppError(
          'unauthorized',
          'This address was used or has expired; request a new one with artifacts_get.',
        );
      }
      exchange.admission = dispatcher.admit(id, exchange, {
        onRate: (state) => {
          exchange.rate = state;
        },
      });
    },
    refusedUpgrade(req, error) {
      const remote = remoteOf(req);
      dispatcher.refused(NO_OPERATION, { principal: anonymous(remote), door: 'http' }, error);
      if (!BAD_CREDENTIAL.has(error.slug)) return error;
      try {
        limiter.takeFailure(remote);
        return error;
      } catch (limited) {
        return toAppError(limited);
      }
    },
    refused: (exchange, error) =>
      dispatcher.refused(NO_OPERATION, { principal: anonymous(exchange.remote), door: 'http' }, error),
  };
}
