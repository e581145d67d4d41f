/** A call lives no longer than the credential that it was admitted with, whether its handler looks at its signal or not. */
import { AppError } from '../../../contract/kernel/errors.ts';
import { endQuietly } from '../../core/operation/iterators.ts';
import type { CallContext, IdempotencyClaim } from '../../core/operation/operation.ts';

/** One call of a caller whose credential may end. */
export interface GrantedCall {
  /** @throws AppError `unauthorized` when the credential has ended since the call was admitted */
  check(): void;
  /** What the handler is given: its signal is aborted when the credential ends. */
  context(claim?: IdempotencyClaim): CallContext;
  /** Settles like `work`, which ends the call. @throws AppError `unauthorized` when the credential ends before */
  value<T>(work: Promise<T>): Promise<T>;
  /** The same items. @throws AppError `unauthorized` while iterating, when the credential ends */
  items(source: AsyncIterable<unknown>): AsyncIterable<unknown>;
  /** Stops watching the credential: the call has ended. The end of {@link items} does it too. */
  close(): void;
}

const ended = () =>
  new AppError('unauthorized', 'This credential was revoked, changed or has expired while the call ran.');

/** Makes the guard of one call. */
export function createGrantedCall(context: CallContext): GrantedCall {
  const { grant } = context.principal;
  if (!grant) return new Ungranted(context);
  let signal: AbortSignal | undefined;
  const releases: (() => void)[] = [];
  const close = () => {
    for (const release of releases.splice(0)) release();
  };
  const onEnd = (listener: () => void) => void releases.push(grant.onEnd(listener));
  return {
    check() {
      if (grant.ended) throw ended();
    },
    context: (claim) =>
      derived(
        context,
        () => {
          signal ??= eitherEnds(context.signal, onEnd);
          return signal;
        },
        claim,
      ),
    value: (work) => beforeEnd(onEnd, work),
    items: (source) => itemsBeforeEnd(onEnd, source, close),
    close,
  };
}

/** The call of a caller whose credential does not end, which is the hottest path of all: one object, nothing watched. */
class Ungranted implements GrantedCall {
  readonly #context: CallContext;

  constructor(context: CallContext) {
    this.#context = context;
  }

  check(): void {}

  context(claim?: IdempotencyClaim): CallContext {
    const context = this.#context;
    return claim === undefined ? context : derived(context, () => context.signal, claim);
  }

  value<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  items(source: AsyncIterable<unknown>): AsyncIterable<unknown> {
    return source;
  }

  close(): void {}
}

/** The context with another signal, which is made when it is first asked for. */
function derived(context: CallContext, signalOf: () => AbortSignal, claim?: IdempotencyClaim): CallContext {
  const { principal, door, requestId, remote, ifMatch, loadWaitMs, origin } = context;
  return {
    ...{ principal, door, requestId, remote },
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(loadWaitMs === undefined ? {} : { loadWaitMs }),
    ...(origin === undefined ? {} : { origin }),
    ...(claim === undefined ? {} : { claim }),
    get signal() {
      return signalOf();
    },
  };
}

type OnEnd = (listener: () => void) => void;

/** Not `AbortSignal.any`: a grant outlives very many calls, and each has to be forgotten when it has ended. */
function eitherEnds(caller: AbortSignal, onEnd: OnEnd): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (caller.aborted) abort();
  else caller.addEventListener('abort', abort, { once: true });
  onEnd(abort);
  return controller.signal;
}

function beforeEnd<T>(onEnd: OnEnd, work: Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let over = false;
  onEnd(() => {
    over = true;
    // One turn of the event loop later, so that a call which ends its own credential can still answer.
    setImmediate(() => reject(ended()));
  });
  // What watches its signal ends before that turn, because of the credential all the same.
  work.then(resolve, (error: unknown) => reject(over ? ended() : error));
  return promise;
}

async function* itemsBeforeEnd(
  onEnd: OnEnd,
  source: AsyncIterable<unknown>,
  close: () => void,
): AsyncGenerator<unknown> {
  const iterator = source[Symbol.asyncIterator]();
  // One listener for the whole stream; each item renews what it fails.
  let fail: (error: AppError) => void = () => undefined;
  let over = false;
  onEnd(() => {
    over = true;
    fail(ended());
  });
  try {
    for (;;) {
      const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<unknown>>();
      fail = reject;
      if (over) throw ended();
      iterator.next().then(resolve, reject);
      const { done, value } = await promise;
      if (done) return;
      yield value;
    }
  } finally {
    close();
    // Not awaited: a source that ignores its signal would keep the call open.
    endQuietly(iterator);
  }
}
