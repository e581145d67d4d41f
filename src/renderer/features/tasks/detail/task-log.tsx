import { useState } from 'react';
import type { TaskId } from '../../../../contract/kernel/scalars.ts';
import type { LogLevel, LogRow } from '../../../lib/log/ring.ts';
import { taskLog } from '../../../lib/log/sources.ts';
import { useLogFeed } from '../../../lib/log/use-log-feed.ts';
import { LogDetail } from '../../../ui/log/log-detail.tsx';
import { LogViewer } from '../../../ui/log/log-viewer.tsx';
import { Split } from '../../../ui/split.tsx';

/** The log of a task, live until it ends. */
export function TaskLog({ id }: { id: TaskId }) {
  const [row, setRow] = useState<LogRow | null>(null);
  const [levels, setLevels] = useState<LogLevel[] | undefined>(undefined);
  const feed = useLogFeed(`task ${id}`, (client) => taskLog(client, id));
  return (
    <Split
      name="task-log-detail"
      fixed="second"
      size={320}
      min={220}
      max={600}
      label="Width of the detail"
      first={
        <LogViewer
          feed={feed}
          name={`Log of ${id}`}
          levels={levels}
          onLevels={setLevels}
          selected={row?.seq ?? null}
          onSelect={setRow}
          help="tasks#log"
        />
      }
      second={row === null ? null : <LogDetail row={row} close={() => setRow(null)} />}
    />
  );
}
