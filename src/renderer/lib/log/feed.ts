/** Where a log viewer's lines come from: the tail at once, older lines on demand, new ones as they are written. */
import { AppError, toAppError } from '../../../contract/errors.ts';
import { createLogRing, type LogRing, type LogRow } from './ring.ts';

/** Time between two renders while lines pour in, ms. */
const NOTIFY_MS = 100;

/** One page of lines, oldest first. */
export interface LogPage {
  rows: LogRow[];
  /** Whether there are lines before the first. */
  more: boolean;
}

/** How one kind of log is read. */
export interface LogSource {
  /** The newest lines. */
  tail(signal: AbortSignal): Promise<LogPage>;
  /** Lines before `seq`. */
  before(seq: number, signal: AbortSignal): Promise<LogPage>;
  /** Lines after `since` until `signal` aborts. `gap` tells of lines that the host could not deliver in time. */
  follow(
    since: number,
    on: {
      rows(rows: LogRow[]): void;
      gap(dropped: number, next: number): void;
      end(): void;
      error(error: AppError): void;
    },
    signal: AbortSignal,
  ): void;
}

/** A feed as the viewer sees it; `version` changes whenever anything else does. */
export interface LogFeed {
  readonly ring: LogRing;
  version(): number;
  subscribe(listener: () => void): () => void;
  state(): { loading: boolean; error: AppError | null; more: boolean; live: boolean; dropped: number };
  loadOlder(): void;
  stop(): void;
}

/** Starts to read. */
export function createLogFeed(source: LogSource): LogFeed {
  const ring = createLogRing();
  const abort = new AbortController();
  const listeners = new Set<() => void>();
  let version = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let loading = true;
  let older = false;
  let more = false;
  let live = false;
  let dropped = 0;
  let error: AppError | null = null;

  const notify = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      version += 1;
      for (const listener of listeners) listener();
    }, NOTIFY_MS);
  };
  const fail = (cause: unknown) => {
    if (abort.signal.aborted) return;
    error = cause instanceof AppError ? cause : toAppError(cause);
    loading = false;
    live = false;
    notify();
  };
  const mark = (seq: number, text: string): LogRow => ({
    seq,
    at: Date.now(),
    level: 'warn',
    source: 'panel',
    text,
    data: null,
    mark: true,
  });

  const start = async () => {
    const tail = await source.tail(abort.signal);
    ring.append(tail.rows);
    more = tail.more;
    loading = false;
    live = true;
    notify();
    source.follow(
      ring.last(),
      {
        rows: (rows) => {
          if (ring.append(rows) > 0) more = true;
          notify();
        },
        gap: (lost, next) => {
          dropped += lost;
          ring.append([
            mark(next, `${lost} lines came too fast for this view; scroll up later or download the log to see them`),
          ]);
          notify();
        },
        end: () => {
          live = false;
          notify();
        },
        error: fail,
      },
      abort.signal,
    );
  };
  start().catch(fail);

  return {
    ring,
    version: () => version,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state: () => ({ loading, error, more, live, dropped }),
    loadOlder: () => {
      if (older || !more || loading) return;
      older = true;
      source
        .before(ring.first(), abort.signal)
        .then((page) => {
          const taken = ring.prepend(page.rows);
          more = page.more && taken === page.rows.length;
        }, fail)
        .finally(() => {
          older = false;
          notify();
        });
    },
    stop: () => {
      abort.abort();
      clearTimeout(timer);
    },
  };
}
