import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { LogLevel } from '../lib/log/ring.ts';
import { hostLog } from '../lib/log/sources.ts';
import { useLogFeed } from '../lib/log/use-log-feed.ts';
import { LogViewer } from '../ui/log/log-viewer.tsx';
import css from './log-drawer.module.css';

/** The host's log under every screen. */
export function LogDrawer() {
  const [levels, setLevels] = useState<LogLevel[] | undefined>(undefined);
  const feed = useLogFeed('host {}', (client) => hostLog(client, {}));
  return (
    <LogViewer
      feed={feed}
      name="Host log"
      levels={levels}
      onLevels={setLevels}
      bar={
        <Link to="/logs" className={css.title}>
          Host log
        </Link>
      }
    />
  );
}
