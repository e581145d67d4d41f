import type { ReactNode } from 'react';
import type { HelpTarget } from '../../lib/help.ts';
import type { LogFeed } from '../../lib/log/feed.ts';
import type { LogLevel, LogRow } from '../../lib/log/ring.ts';

export interface LogViewerProps {
  feed: LogFeed;
  /** What the log is of, for file names and assistive technology. */
  name: string;
  /** Levels to show; `undefined` shows all. Absent when the feed filters by itself. */
  levels?: LogLevel[] | undefined;
  onLevels?: (levels: LogLevel[] | undefined) => void;
  selected?: number | null;
  onSelect?: (row: LogRow) => void;
  /** Why nothing new can come, as when a past time is shown; the end is not followed then. */
  still?: string | undefined;
  /** The log is what its screen is about: it has the focus when the screen opens. */
  primary?: boolean;
  /** Shown at the left of the bar. */
  bar?: ReactNode;
  empty?: string;
  /** Where the guide tells more about this log; that of the host unless given. */
  help?: HelpTarget;
}
