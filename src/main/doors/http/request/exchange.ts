/** One HTTP request with its answer: the call context of its operation, and the headers every answer carries. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CONTRACT_VERSION } from '../../../../contract/index.ts';
import type { AppError } from '../../../../contract/kernel/errors.ts';
import { newRequestId } from '../../../core/ids.ts';
import type { Logger } from '../../../core/log/logger.ts';
import type { CallContext, Principal } from '../../../core/operation/operation.ts';
import { limitUnknown } from '../../../core/web/connections.ts';
import type { Admission } from '../../dispatch/dispatcher.ts';
import type { RateState } from '../../dispatch/rate-limit.ts';
import { isUuid } from '../../wire/request-id.ts';
import { preferredWaitOf } from './input.ts';

const EXCHANGE = Symbol('exchange');
type Tagged = IncomingMessage & { [EXCHANGE]?: Exchange };

/** Response headers that a page of an allowed origin may read. */
const EXPOSED =
  'x-request-id, retry-after, retry-after-ms, etag, location, x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, warnings';

const NOBODY: Principal = { kind: 'anonymous', id: '', name: 'anonymous', scope: null, areas: [], rateMultiplier: 1 };

/** How long an answer may take to go out after the caller's credential has ended, ms. */
const LAST_WORD_MS = 250;

/** How a failure is said: the members of the body, as JSON. Status and the headers of retrying stay the error's own. */
export type ProblemWire = (error: AppError, at: { instance: string; requestId: string }) => unknown;

/** Connections that have not shown a credential, at once. */
const MAX_UNKNOWN_CONNECTIONS = 256;
/** Characters of an address that are said again in a problem. */
const MAX_INSTANCE = 2048;

/** What all exchanges of a server share. */
export class ServerState {
  /** True while the server stops: work is refused and connections are not kept. */
  closing = false;
  /** Ids of clients' own whose requests are being answered. A new id is told with the answer, so nobody can offer it before. */
  readonly #live = new Set<string>();
  readonly log: Pick<Logger, 'error'>;
  readonly connections = limitUnknown(MAX_UNKNOWN_CONNECTIONS);

  constructor(log: Pick<Logger, 'error'>) {
    this.log = log;
  }

  /** The client's own id when it is a uuid not in use, else a new one. */
  adopt(offered: string | string[] | undefined): string {
    if (typeof offered !== 'string' || !isUuid(offered) || this.#live.has(offered)) return newRequestId();
    this.#live.add(offered);
    return offered;
  }

  release(id: string): void {
    if (this.#live.size > 0) this.#live.delete(id);
  }
}

/** See file comment. Implements {@link CallContext} with a signal that costs nothing until it is asked for. */
export class Exchange implements CallContext {
  readonly door = 'http';
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  /** Request path as sent, without query: a query may hold a ticket. */
  readonly instance: string;
  readonly remote: string;
  ifMatch?: number;
  readonly loadWaitMs?: number;
  readonly origin?: string;
  admission?: Admission;
  rate?: RateState;
  /** Flag O of the operation: failures carry OpenAI's `error` member. */
  openai = false;
  /** Value of the header `warnings`; null when there is nothing to warn of. */
  warnings: string | null = null;
  /** Set for requests of a dialect. */
  problem?: ProblemWire;
  /** Origin that may read the answer; set once the guard has let the request pass. */
  corsOrigin: string | undefined;
  readonly #state: ServerState;
  #principal: Principal = NOBODY;
  #controller: AbortController | undefined;

  constructor(req: IncomingMessage, res: ServerResponse, state: ServerState) {
    this.req = req;
    this.res = res;
    this.#state = state;
    this.requestId = state.adopt(req.headers['x-request-id']);
    const wait = preferredWaitOf(req.headers.prefer);
    if (wait !== undefined) this.loadWaitMs = wait;
    const url = req.url ?? '';
    const query = url.indexOf('?');
    const end = Math.min(query === -1 ? url.length : query, MAX_INSTANCE);
    this.instance = end === url.length ? url : url.slice(0, end);
    this.remote = req.socket.remoteAddress ?? 'unknown';
    if (req.headers.origin !== undefined) this.origin = req.headers.origin;
    (req as Tagged)[EXCHANGE] = this;
  }

  /** The exchange of a request. */
  static of(req: IncomingMessage): Exchange {
    const exchange = (req as Tagged)[EXCHANGE];
    if (!exchange) throw new Error('the request did not pass the guard');
    return exchange;
  }

  get principal(): Principal {
    return this.#principal;
  }

  /**
   * Names the caller. When its credential ends, the dispatcher fails the call and the failure is the answer; what does not end by
   * that (a reader that takes nothing, a body that does not come) is cut.
   */
  actAs(principal: Principal): void {
    this.#principal = principal;
    if (principal.kind !== 'anonymous') this.#state.connections.known(this.req.socket);
    if (!principal.grant) return;
    const cut = () => this.req.socket.destroy();
    const release = principal.grant.onEnd(() => {
      const timer = setTimeout(cut, LAST_WORD_MS);
      this.res.once('close', () => clearTimeout(timer));
    });
    this.res.once('close', release);
  }

  /** Aborted when the client goes away before it has its answer. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      const controller = new AbortController();
      this.#controller = controller;
      const onClose = () => {
        if (!this.res.writableFinished) controller.abort();
      };
      if (this.res.destroyed) onClose();
      else this.res.once('close', onClose);
    }
    return this.#controller.signal;
  }

  /** Ends a request that cannot be answered, or whose answer cannot be completed: its client sees a broken connection. */
  destroy(fault: unknown): void {
    this.#state.log.error('http', 'a request could not be answered', { request_id: this.requestId, error: fault });
    this.#state.release(this.requestId);
    this.res.destroy();
  }

  /** Aborts what runs and frees the request id: the answer, or the rest of it, is not wanted any more. */
  abandon(): void {
    this.#state.release(this.requestId);
    if (!this.signal.aborted) this.#controller?.abort();
  }

  /** Name, value, name, value, … of the headers that every answer has. Ends the life of the request id. */
  head(cacheControl = 'no-store'): string[] {
    this.#state.release(this.requestId);
    const head = [
      'x-request-id',
      this.requestId,
      'x-tabagent-contract',
      CONTRACT,
      'cache-control',
      cacheControl,
      'x-content-type-options',
      'nosniff',
    ];
    if (this.corsOrigin !== undefined) {
      head.push(
        'access-control-allow-origin',
        this.corsOrigin,
        'vary',
        'Origin',
        'access-control-expose-headers',
        EXPOSED,
      );
    }
    if (this.rate) {
      head.push('x-ratelimit-limit-requests', String(this.rate.limit));
      head.push('x-ratelimit-remaining-requests', String(this.rate.remaining));
      head.push('x-ratelimit-reset-requests', String(this.rate.resetSeconds));
    }
    if (this.warnings !== null) head.push('warnings', this.warnings);
    if (this.#state.closing) head.push('connection', 'close');
    return head;
  }
}

const CONTRACT = String(CONTRACT_VERSION);
