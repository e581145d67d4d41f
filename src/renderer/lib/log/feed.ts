/**
 * Where a log viewer's lines come from: the tail at once, older lines on demand, new ones as they are written. What is kept is a
 * window of the log; where it leaves the end to show older lines, new ones wait on the host until it comes back.
 */
import { AppError, toAppError } from '../../../contract/kernel/errors.ts';
import { createLogWindow, type LogPage, type LogWindow } from './log-window.ts';
import { type LogLevel, type LogRing, type LogRow, RING_CAPACITY } from './ring.ts';

/** Time between two renders while lines pour in, ms. */
const NOTIFY_MS = 100;

/** How one kind of log is read. */
export interface LogSource {
  /** The newest lines. */
  tail(signal: AbortSignal): Promise<LogPage>;
  /** Lines before `seq`. */
  before(seq: number, signal: AbortSignal): Promise<LogPage>;
  /** Lines after `seq`; a log that cannot be read forwards has only its tail. */
  after?(seq: number, signal: AbortSignal): Promise<LogPage>;
  /** The first lines of the whole log that hold a text and are of some levels, in order, and how many there are. */
  find(q: string, levels: readonly LogLevel[] | undefined, signal: AbortSignal): Promise<LogHits>;
  /** Lines around `seq`; `behind`: there are newer ones. */
  around(seq: number, signal: AbortSignal): Promise<LogPage & { behind: boolean }>;
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

/** What a search of the whole log found. */
export interface LogHits {
  /** Numbers of lines, at most as many as the host sends at once. */
  hits: readonly number[];
  /** All of them; null when more are known to exist than were counted. */
  total: number | null;
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
  /** Reads the end of the log again, after an error. */
  retry(): void;
  loadOlder(): void;
  /** The lines after the window, when it is behind. */
  loadNewer(): void;
  /** Brings the window back to the end, when it is behind. */
  toEnd(): void;
  find(q: string, levels: readonly LogLevel[] | undefined, signal: AbortSignal): Promise<LogHits>;
  /** Brings the window to a line that is not in it. */
  toLine(seq: number): void;
  stop(): void;
}

/** Starts to read. @param options `before`: lines that are known, until the end of the log has been read */
export function createLogFeed(
  source: LogSource,
  { capacity = RING_CAPACITY, before = [] }: { capacity?: number; before?: readonly LogRow[] } = {},
): LogFeed {
  const window = createLogWindow(capacity);
  if (before.length > 0) window.restart({ rows: [...before], more: false });
  const changes = createChanges();
  const abort = new AbortController();
  const { signal } = abort;
  const status = { loading: before.length === 0, live: false, dropped: 0, error: null as AppError | null };
  let fetching = false;

  const fail = (cause: unknown) => {
    if (signal.aborted) return;
    const error = cause instanceof AppError ? cause : toAppError(cause);
    Object.assign(status, { error, loading: false, live: false });
    changes.notify();
  };
  const read = <P extends LogPage>(page: Promise<P>, put: (page: P) => void) => {
    fetching = true;
    page.then(put, fail).finally(() => {
      fetching = false;
      window.stopWaiting();
      changes.notify();
    });
  };
  const toEnd = () => {
    if (fetching || !window.behind) return;
    window.wait();
    read(source.tail(signal), window.restart);
  };

  const begin = createReader(source, window, changes.notify, status, fail, signal);
  begin();

  return {
    ring: window.ring,
    version: changes.version,
    subscribe: changes.subscribe,
    state: () => ({ ...status, more: window.more, behind: window.behind }),
    retry: () => {
      if (status.error !== null) begin();
    },
    loadOlder: () => {
      if (fetching || !window.more || status.loading) return;
      read(source.before(window.ring.first(), signal), window.addOlder);
    },
    loadNewer: () => {
      if (fetching || !window.behind) return;
      if (source.after === undefined) return toEnd();
      window.wait();
      read(source.after(window.ring.last(), signal), window.addNewer);
    },
    toEnd,
    find: (q, levels, asked) => source.find(q, levels, AbortSignal.any([asked, signal])),
    toLine: (seq) => {
      if (fetching || status.loading) return;
      window.wait();
      read(source.around(seq, signal), window.jump);
    },
    stop: () => {
      abort.abort();
      changes.stop();
    },
  };
}

/** @returns reads the end of a log and follows it from there, for the second time instead of the first */
function createReader(
  source: LogSource,
  window: LogWindow,
  notify: () => void,
  status: { loading: boolean; live: boolean; dropped: number; error: AppError | null },
  fail: (cause: unknown) => void,
  signal: AbortSignal,
): () => void {
  let following = new AbortController();
  let isReading = false;
  const start = async () => {
    window.restart(await source.tail(signal));
    Object.assign(status, { loading: false, live: true, error: null });
    notify();
    const take = (rows: LogRow[]) => {
      window.take(rows);
      notify();
    };
    const gap = (lost: number, next: number) => {
      status.dropped += lost;
      take([gapRow(lost, next)]);
    };
    const end = () => {
      status.live = false;
      notify();
    };
    source.follow(
      window.ring.last(),
      { rows: take, gap, end, error: fail },
      AbortSignal.any([signal, following.signal]),
    );
  };
  return () => {
    if (isReading) return;
    isReading = true;
    // What it followed before would tell each line a second time.
    following.abort();
    following = new AbortController();
    start()
      .catch(fail)
      .finally(() => {
        isReading = false;
      });
  };
}

/** A line of the viewer itself in the place of lines that were lost. */
function gapRow(lost: number, seq: number): LogRow {
  const text = `${lost} lines arrived too fast to show; scroll up later or download the log`;
  return { seq, at: Date.now(), level: 'warn', source: 'panel', text, data: null, mark: true };
}

/** Tells its listeners of changes: of the first at once, of those that follow within {@link NOTIFY_MS} together. */
function createChanges() {
  const listeners = new Set<() => void>();
  let version = 0;
  let told = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    timer = undefined;
    told = performance.now();
    version += 1;
    for (const listener of listeners) listener();
  };
  return {
    version: () => version,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    notify(): void {
      if (timer !== undefined) return;
      const wait = told + NOTIFY_MS - performance.now();
      if (wait <= 0) tell();
      else timer = setTimeout(tell, wait);
    },
    stop: () => clearTimeout(timer),
  };
}
