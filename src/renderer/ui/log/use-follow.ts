/** Where a log viewer looks: at the end as it grows, or at the place the user went to. */
import type { Virtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type WheelEvent,
} from 'react';
import type { LogFeed } from '../../lib/log/feed.ts';
import type { LogLevel, LogRow } from '../../lib/log/ring.ts';

const UP = ['ArrowUp', 'PageUp', 'Home'];
const DOWN = ['ArrowDown', 'PageDown', 'End'];
/** Px to the last line from which on the list is at its end, and to the first from which on older lines are loaded. */
const NEAR_END = 8;
const NEAR_START = 400;

/** Index of the line nearest to `seq` from above; the last one when all are older. */
export function placeIn(rows: readonly Pick<LogRow, 'seq'>[], seq: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return Math.min(low, rows.length - 1);
}

/** What a log viewer shows. */
interface Shown {
  virtual: Virtualizer<HTMLDivElement, Element>;
  rows: readonly LogRow[];
  feed: LogFeed;
  levels: readonly LogLevel[] | undefined;
}

/** Keeps the line at the top where it is when other rows come, unless the end is followed. `onSource`: another feed or level is shown. */
function useKeptPlace({ virtual, rows, feed, levels }: Shown, following: boolean, onSource: () => void) {
  /** Line at the top, where the user left it. */
  const top = useRef<number | null>(null);
  /** Set while the rows of another feed or of other levels have not found their place yet. */
  const moved = useRef(false);
  const source = useRef({ feed, levels });
  const last = rows.length - 1;

  useLayoutEffect(() => {
    if (source.current.feed === feed && source.current.levels === levels) return;
    source.current = { feed, levels };
    moved.current = true;
    onSource();
  });
  /** The element that has been at the end once. */
  const placed = useRef<Element | null>(null);
  // Before any line is drawn: the first lines to be drawn are then those of the end, and no others.
  useLayoutEffect(() => {
    const { scrollElement } = virtual;
    if (scrollElement === placed.current) return;
    placed.current = scrollElement;
    if (scrollElement === null || !following) return;
    scrollElement.scrollTop = scrollElement.scrollHeight;
    // The browser tells of it with the next frame only.
    scrollElement.dispatchEvent(new Event('scroll'));
  });
  useEffect(() => {
    if (last < 0) return;
    if (following) virtual.scrollToIndex(last, { align: 'end' });
    else if (moved.current)
      virtual.scrollToIndex(top.current === null ? 0 : placeIn(rows, top.current), { align: 'start' });
    moved.current = false;
  }, [following, last, rows, virtual]);

  return {
    /** The line that is at the top now is the place to keep. */
    note() {
      // The virtualizer hears of a scroll later than this.
      const index = virtual.getVirtualItemForOffset(virtual.scrollElement?.scrollTop ?? 0)?.index;
      if (index !== undefined) top.current = rows[index]?.seq ?? top.current;
    },
    /** Moves to a line, which is the place to keep. */
    goTo(index: number) {
      top.current = rows[index]?.seq ?? null;
      virtual.scrollToIndex(index, { align: 'center' });
    },
  };
}

/** Handlers that tell the direction in which the user moves a list. */
const gestures = (goUp: () => void, goDown: () => void) => ({
  onWheel: ({ deltaY }: WheelEvent) => {
    if (deltaY < 0) goUp();
    else if (deltaY > 0) goDown();
  },
  onKeyDown: ({ key }: KeyboardEvent) => {
    if (UP.includes(key)) goUp();
    else if (DOWN.includes(key)) goDown();
  },
  // On the scroll bar, or with a finger.
  onPointerDown: (event: PointerEvent) => {
    if (event.target === event.currentTarget || event.pointerType === 'touch') goDown();
  },
});

/**
 * Follows the end until the user goes up, and again when the user, not the list by getting shorter, comes back to the end. What else
 * changes the rows, such as a level, keeps the place. `still`: why nothing new can come.
 */
export function useFollow({ still, ...shown }: Shown & { still: string | undefined }) {
  const { virtual, feed } = shown;
  const [follow, setFollow] = useState(true);
  /** The user's last gesture, until something else moves the list. */
  const gesture = useRef<'up' | 'down' | null>(null);
  const following = follow && still === undefined;
  const place = useKeptPlace(shown, following, () => {
    gesture.current = null;
  });

  const goUp = () => {
    gesture.current = 'up';
    const element = virtual.scrollElement;
    const scrolls = element !== null && element.scrollHeight > element.clientHeight;
    if (scrolls || feed.state().more) setFollow(false);
    // A list that is too short to scroll tells nobody that older lines are wanted.
    if (!scrolls) feed.loadOlder();
  };
  const goDown = () => {
    gesture.current = 'down';
  };
  return {
    following,
    /** The button's way to follow or to stay. */
    setFollow: (on: boolean) => {
      if (!on) place.note();
      setFollow(on);
    },
    /** Stays where it is: a line is on its way. */
    leaveEnd: () => {
      gesture.current = null;
      setFollow(false);
    },
    /** Leaves the end for one line. */
    goTo: (index: number) => {
      gesture.current = null;
      setFollow(false);
      place.goTo(index);
    },
    /** The list has been moved. Loads what lies beyond its ends when the user moved it. */
    scrolled: (element: HTMLElement) => {
      if (gesture.current === null) return;
      const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
      if (atEnd && feed.state().behind) feed.loadNewer();
      else if (atEnd && gesture.current === 'down') setFollow(true);
      if (element.scrollTop < NEAR_START) feed.loadOlder();
      place.note();
    },
    handlers: gestures(goUp, goDown),
  };
}
