/** The calls that one connection has open: each is closed by exactly one of ok, end, err. */
import { AppError, toAppError } from '../../../contract/kernel/errors.ts';
import type { CallId, ClientFrame, ServerFrame } from '../../../contract/kernel/frames.ts';
import { newRequestId } from '../../core/ids.ts';
import { endQuietly } from '../../core/operation/iterators.ts';
import type { CallContext, DoorName, Principal } from '../../core/operation/operation.ts';
import type { ServerDispatcher } from '../dispatch/dispatcher.ts';
import { problemBody } from '../wire/problem.ts';
import { assertRequestId } from '../wire/request-id.ts';
import { MAX_LIVE_CALLS } from './limits.ts';

type CallFrame = Extract<ClientFrame, { t: 'call' }>;

interface Caller {
  principal: Principal;
  remote: string;
  origin?: string;
  door: DoorName;
}

/** Starts and ends calls. */
export interface LiveCalls {
  /** @param bytes in the frame */
  start(frame: CallFrame, caller: Caller, bytes: number): void;
  cancel(id: CallId): void;
  /** Aborts all without an answer: the connection is gone. */
  abortAll(): void;
}

interface Call {
  controller: AbortController;
  /** Sends the closing frame; the first one wins. */
  finish(frame: ServerFrame): void;
  fail(thrown: unknown): void;
}

/** What {@link createLiveCalls} needs. */
export interface LiveCallsDeps {
  dispatcher: ServerDispatcher;
  post: (frame: ServerFrame) => void;
  /** Paces the items of streams; undefined when the connection can take one now. */
  ready: () => Promise<void> | undefined;
  instance: (op: string) => string;
  /** Takes faults that are not the caller's. */
  report: (fault: unknown) => void;
}

/** Creates the bookkeeping of one connection. */
export function createLiveCalls(deps: LiveCallsDeps): LiveCalls {
  const { dispatcher, post, instance, report } = deps;
  const live = new Map<CallId, Call>();
  // A cancelled call is answered at once but may take a moment to end: it still counts.
  let running = 0;

  function open(frame: CallFrame, requestId: string): Call {
    const call: Call = {
      controller: new AbortController(),
      finish(last) {
        if (live.get(frame.id) !== call) return;
        live.delete(frame.id);
        try {
          post(last);
        } catch (fault) {
          // An answer that cannot be sent is no answer, and the client waits for one.
          report(fault);
          const e = problemBody(new AppError('internal-server-error'), { instance: instance(frame.op), requestId });
          post({ t: 'err', id: frame.id, e });
        }
      },
      fail(thrown) {
        const e = problemBody(toAppError(thrown), { instance: instance(frame.op), requestId });
        call.finish({ t: 'err', id: frame.id, e });
      },
    };
    live.set(frame.id, call);
    return call;
  }

  return {
    start(frame, caller, bytes) {
      const refuse = (error: AppError) =>
        post({ t: 'err', id: null, e: problemBody(error, { instance: instance(frame.op) }) });
      if (live.has(frame.id)) return refuse(new AppError('bad-request', `Call id ${frame.id} is in use.`));
      const requestId = frame.request_id ?? newRequestId();
      const call = open(frame, requestId);
      if (running >= MAX_LIVE_CALLS) return call.fail(tooManyCalls(running));
      let release: () => void;
      try {
        assertRequestId(frame.request_id);
        release = dispatcher.intake.take(caller.principal.id, bytes);
      } catch (thrown) {
        return call.fail(thrown);
      }
      running += 1;
      const context: CallContext = { ...caller, signal: call.controller.signal, requestId };
      run(deps, frame, call, context)
        .catch((thrown: unknown) => call.fail(thrown))
        .finally(() => {
          running -= 1;
          release();
        });
    },
    cancel(id) {
      const call = live.get(id);
      if (!call) return;
      call.controller.abort();
      call.fail(new AppError('cancelled'));
    },
    abortAll() {
      const calls = [...live.values()];
      live.clear();
      for (const call of calls) call.controller.abort();
    },
  };
}

/** Answers a call: with one value, or with the items of a stream and its end. */
async function run(
  { dispatcher, post, ready }: Pick<LiveCallsDeps, 'dispatcher' | 'post' | 'ready'>,
  frame: CallFrame,
  call: Call,
  context: CallContext,
): Promise<void> {
  const options = frame.idem === undefined ? undefined : { idempotencyKey: frame.idem };
  const result = await dispatcher.dispatch(frame.op, frame.input, context, options);
  if (result.kind === 'value') return call.finish({ t: 'ok', id: frame.id, v: result.value });
  await pump(result.items, context.signal, ready, (seq, v) => post({ t: 'next', id: frame.id, seq, v }));
  call.finish({ t: 'end', id: frame.id });
}

/** Forwards a stream until it ends or is aborted, pulling the next item only when the connection can take it. */
async function pump(
  items: AsyncIterable<unknown>,
  signal: AbortSignal,
  ready: () => Promise<void> | undefined,
  next: (seq: number, item: unknown) => void,
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  let count = 0;
  try {
    while (!signal.aborted) {
      const wait = ready();
      if (wait) await wait;
      if (signal.aborted) break;
      const { done, value } = await iterator.next();
      if (done) return;
      count += 1;
      if (!signal.aborted) next(seqOf(value) ?? count, value);
    }
  } finally {
    // Not awaited: a source that ignores its signal would keep this call open indefinitely.
    if (signal.aborted) endQuietly(iterator);
  }
}

function tooManyCalls(running: number): AppError {
  return new AppError('resource-limit-exceeded', `At most ${MAX_LIVE_CALLS} calls may be open on one connection.`, {
    extra: { resource: 'live_calls', limit: MAX_LIVE_CALLS, current: running, retry_after: 1 },
  });
}

/** An item of a history stream carries its own position; a gap continues at `next_since`. */
export function seqOf(item: unknown): number | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { seq, next_since: next } = item as { seq?: unknown; next_since?: unknown };
  if (typeof seq === 'number') return seq;
  return typeof next === 'number' ? next : undefined;
}
