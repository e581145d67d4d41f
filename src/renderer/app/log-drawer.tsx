import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useClient } from '../lib/client/context.tsx';
import { createLogFeed } from '../lib/log/feed.ts';
import type { LogLevel } from '../lib/log/ring.ts';
import { hostLog } from '../lib/log/sources.ts';
import { LogViewer } from '../ui/log/log-viewer.tsx';
import css from './log-drawer.module.css';

/** The host's log under every screen. */
export function LogDrawer() {
  const client = useClient();
  const [levels, setLevels] = useState<LogLevel[] | undefined>(undefined);
  const feed = useMemo(() => createLogFeed(hostLog(client, {})), [client]);
  useEffect(() => feed.stop, [feed]);
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
