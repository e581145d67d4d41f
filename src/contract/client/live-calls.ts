/** The calls that a client has open. Each ends exactly once: answered, ended, failed or cancelled. */
import { AppError, errorOf } from '../kernel/errors.ts';
import type { CallId, ServerFrame } from '../kernel/frames.ts';
import type { Link } from './link.ts';
import { offlineError } from './offline.ts';
import type { StatusStore } from './status.ts';
import type { CancelSignal } from './transport.ts';

/** One call, whatever it answers with. */
export interface LiveCall {
  /** What to ask for, now or after a reconnect. */
  request(): { op: string; input: unknown; idem?: string };
  /** Survives a lost connection and is asked for again. Others fail: repeating them could do things twice. */
  resumes: boolean;
  signal?: CancelSignal | undefined;
  next?(seq: number, value: unknown): void;
  ok?(value: unknown): void;
  end?(): void;
  fail(error: AppError): void;
  cancelled?(): void;
}

/** Opens calls and hands frames to them. */
export interface LiveCalls {
  /** @returns cancels the call, if it is still open */
  open(call: LiveCall): () => void;
  /** Sends what waits. */
  online(): void;
  receive(frame: ServerFrame): void;
  lost(final: boolean): void;
}

interface Entry {
  call: LiveCall;
  sent: boolean;
  /** Stops listening to the call's signal. */
  release(): void;
}

/** Creates the bookkeeping of one client. */
export function createLiveCalls(send: Link['send'], status: StatusStore, retries: boolean): LiveCalls {
  const live = new Map<number, Entry>();
  let lastId = 0;

  function start(id: number, entry: Entry): void {
    entry.sent = true;
    send({ t: 'call', id, ...entry.call.request() });
  }

  /** Takes a call off the list. @returns undefined when it is over already */
  function take(id: CallId): Entry | undefined {
    const entry = live.get(Number(id));
    if (entry === undefined) return undefined;
    live.delete(Number(id));
    entry.release();
    return entry;
  }

  function cancel(id: number): void {
    const entry = take(id);
    if (entry?.sent) send({ t: 'cancel', id });
    entry?.call.cancelled?.();
  }

  return {
    open(call) {
      const { signal } = call;
      lastId += 1;
      const id = lastId;
      if (signal?.aborted) {
        call.cancelled?.();
        return () => {};
      }
      const { phase } = status.get();
      if (!call.resumes && phase !== 'online' && phase !== 'connecting') {
        call.fail(offlineError(retries));
        return () => {};
      }
      const onAbort = () => cancel(id);
      const entry = { call, sent: false, release: () => signal?.removeEventListener('abort', onAbort) };
      live.set(id, entry);
      signal?.addEventListener('abort', onAbort, { once: true });
      if (phase === 'online') start(id, entry);
      return onAbort;
    },
    online() {
      for (const [id, entry] of live) if (!entry.sent) start(id, entry);
    },
    receive(frame) {
      switch (frame.t) {
        case 'next':
          return live.get(Number(frame.id))?.call.next?.(frame.seq, frame.v);
        case 'ok':
          return take(frame.id)?.call.ok?.(frame.v);
        case 'end':
          return take(frame.id)?.call.end?.();
        case 'err':
          return frame.id === null ? undefined : take(frame.id)?.call.fail(errorOf(frame.e));
      }
    },
    lost(final) {
      const waits = status.get().phase === 'connecting';
      for (const [id, entry] of [...live]) {
        const keeps = !final && (entry.call.resumes || (waits && !entry.sent));
        if (keeps) entry.sent = false;
        else take(id)?.call.fail(offlineError(retries));
      }
    },
  };
}

/** The error of a call that its caller gave up. */
export const cancelledError = (): AppError => new AppError('cancelled');
