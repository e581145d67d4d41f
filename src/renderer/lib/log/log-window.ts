/** The part of a log that is kept: up to the end of the log, or behind it where older lines took the room. */
import { createLogRing, type LogRing, type LogRow } from './ring.ts';

/** One page of lines, oldest first. */
export interface LogPage {
  rows: LogRow[];
  /** Whether there are further lines in the direction that was read. */
  more: boolean;
}

/** See {@link createLogWindow}. */
export interface LogWindow {
  readonly ring: LogRing;
  /** Whether there are older lines than the window's. */
  readonly more: boolean;
  /** Whether the window has left the end of the log. */
  readonly behind: boolean;
  /** New lines of the log; a window that is behind lets them pass. */
  take(rows: readonly LogRow[]): void;
  /** From here on new lines are kept aside until {@link addNewer} or {@link restart} has brought the window to the end. */
  wait(): void;
  /** Forgets what was kept aside. */
  stopWaiting(): void;
  /** Puts the tail of the log in the place of everything. */
  restart(page: LogPage): void;
  /** Puts lines from within the log in the place of everything; `behind`: there are newer ones. */
  jump(page: LogPage & { behind: boolean }): void;
  /** Adds the lines before the window; what there is no room for falls out at the new end. */
  addOlder(page: LogPage): void;
  /** Adds the lines after the window. */
  addNewer(page: LogPage): void;
}

/** An empty window of at most `capacity` lines. */
export function createLogWindow(capacity: number): LogWindow {
  const ring = createLogRing(capacity);
  let more = false;
  let behind = false;
  let aside: LogRow[] | null = null;

  const append = (rows: readonly LogRow[]) => {
    if (ring.append(rows) > 0) more = true;
  };
  const returnToEnd = () => {
    append(aside ?? []);
    aside = null;
    behind = false;
  };
  return {
    ring,
    get more() {
      return more;
    },
    get behind() {
      return behind;
    },
    take: (rows) => {
      if (aside !== null) aside.push(...rows);
      else if (!behind) append(rows);
    },
    wait: () => {
      aside = [];
    },
    stopWaiting: () => {
      aside = null;
    },
    restart: (page) => {
      ring.clear();
      more = page.more;
      append(page.rows);
      returnToEnd();
    },
    jump: (page) => {
      ring.clear();
      more = page.more;
      append(page.rows);
      if (page.behind) behind = true;
      else returnToEnd();
    },
    addOlder: (page) => {
      const over = ring.length + page.rows.length - capacity;
      if (over > 0) {
        ring.dropLast(over);
        behind = true;
      }
      ring.prepend(page.rows);
      more = page.more;
    },
    addNewer: (page) => {
      append(page.rows);
      if (!page.more) returnToEnd();
    },
  };
}
