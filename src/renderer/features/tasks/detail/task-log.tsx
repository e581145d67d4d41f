import { useEffect, useMemo, useState } from 'react';
import type { TaskId } from '../../../../contract/kernel/scalars.ts';
import { useClient } from '../../../lib/client/context.tsx';
import { createLogFeed } from '../../../lib/log/feed.ts';
import type { LogLevel } from '../../../lib/log/ring.ts';
import { taskLog } from '../../../lib/log/sources.ts';
import { LogViewer } from '../../../ui/log/log-viewer.tsx';

/** The log of a task, live until it ends. */
export function TaskLog({ id }: { id: TaskId }) {
  const client = useClient();
  const [levels, setLevels] = useState<LogLevel[] | undefined>(undefined);
  const feed = useMemo(() => createLogFeed(taskLog(client, id)), [client, id]);
  useEffect(() => feed.stop, [feed]);
  return <LogViewer feed={feed} name={`Log of ${id}`} levels={levels} onLevels={setLevels} help="tasks#log" />;
}
