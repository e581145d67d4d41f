/**
 * Where a log viewer's lines come from: the tail at once, older lines on demand, new ones as they are written. What is kept is a
 * window of the log; where it leaves the end to show older lines, new ones wait on the host until it comes back.
 */
import { AppError, toAppError } from '../../../contract/kernel/errors.ts';
import { createLogRing, type LogRing, type LogRow, RING_CAPACITY } from './ring.ts';

/** Time between two renders while lines pour in, ms. */
const NOTIFY_MS = 100;

/** One page of lines, oldest first. */
export interface LogPage {
  rows: LogRow[];
  /** Whether there are further lines in the direction that was read. */
  more: boolean;
}

/** How one kind of log is read. */
export interface LogSource {
  /** The newest lines. */
  tail(signal: AbortSignal): Promise<LogPage>;
  /** Lines before `seq`. */
  before(seq: number, signal: AbortSignal): Promise<LogPage>;
  /** Lines after `seq`; a log that cannot be read forwards has only its tail. */
  after?(seq: number, signal: AbortSignal): Promise<LogPage>;
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
  /** `behind`: the window has left the end of the log. */
  state(): {
    loading: boolean;
    error: AppError | null;
    more: boolean;
    live: boolean;
    dropped: number;
    behind: boolean;
  };
  loadOlder(): void;
  /** The lines after the window, when it is behind. */
  loadNewer(): void;
  /** Brings the window back to the end, when it is behind. */
  toEnd(): void;
  stop(): void;
}

/** Starts to read. */
export function createLogFeed(source: LogSource, capacity = RING_CAPACITY): LogFeed {
  const ring = createLogRing(capacity);
  const abort = new AbortController();
  const listeners = new Set<() => void>();
  let version = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let loading = true;
  let fetching = false;
  let behind = false;
  /** New lines that come while the window is on its way back to the end. */
  let arrived: LogRow[] | null = null;
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

  const take = (rows: LogRow[]) => {
    if (arrived !== null) arrived.push(...rows);
    else if (!behind && ring.append(rows) > 0) more = true;
  };
  const read = (page: Promise<LogPage>, put: (page: LogPage) => void) => {
    fetching = true;
    page.then(put, fail).finally(() => {
      fetching = false;
      arrived = null;
      notify();
    });
  };
  const returnToEnd = () => {
    const rows = arrived ?? [];
    arrived = null;
    behind = false;
    take(rows);
  };

  const toEnd = () => {
    if (fetching || !behind) return;
    arrived = [];
    read(source.tail(abort.signal), (page) => {
      ring.clear();
      ring.append(page.rows);
      more = page.more;
      returnToEnd();
    });
  };

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
          take(rows);
          notify();
        },
        gap: (lost, next) => {
          dropped += lost;
          take([
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
    state: () => ({ loading, error, more, live, dropped, behind }),
    loadOlder: () => {
      if (fetching || !more || loading) return;
      read(source.before(ring.first(), abort.signal), (page) => {
        const over = ring.length + page.rows.length - capacity;
        if (over > 0) {
          ring.dropLast(over);
          behind = true;
        }
        ring.prepend(page.rows);
        more = page.more;
      });
    },
    loadNewer: () => {
      if (fetching || !behind) return;
      if (source.after === undefined) return toEnd();
      arrived = [];
      read(source.after(ring.last(), abort.signal), (page) => {
        if (ring.append(page.rows) > 0) more = true;
        if (!page.more) returnToEnd();
      });
    },
    toEnd,
    stop: () => {
      abort.abort();
      clearTimeout(timer);
    },
  };
}
