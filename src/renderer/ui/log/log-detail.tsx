import { Link } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { dateTime } from '../../lib/format.ts';
import type { LogLevel, LogRow } from '../../lib/log/ring.ts';
import { TextBlocks } from '../../ui/display/text-blocks.tsx';
import { CopyButton, IconButton } from '../buttons.tsx';
import { Facts } from '../display/facts.tsx';
import { JsonView } from '../display/json-view.tsx';
import { ToolBar } from '../screen.tsx';
import layout from '../styles/layout.module.css';
import text from '../styles/text.module.css';
import { plainLine } from './log-text.ts';

const LEVEL_TEXT: Record<LogLevel, string | undefined> = {
  error: text.bad,
  warn: text.warn,
  info: text.info,
  debug: text.faint,
};

/** The way to the task that a line is about. */
function TaskOf({ row: { data } }: { row: LogRow }) {
  const id = typeof data === 'object' && data !== null && 'task_id' in data ? data.task_id : null;
  if (typeof id !== 'string') return null;
  return (
    <>
      <dt>Task</dt>
      <dd>
        <Link to="/tasks/$id" params={{ id }} className={text.mono}>
          {id}
        </Link>
      </dd>
    </>
  );
}

/** One log line with its structured data, in a side pane. */
export function LogDetail({ row, close }: { row: LogRow; close(): void }) {
  return (
    <aside className={`${layout.col} ${layout.grow}`} aria-label="Line">
      <ToolBar>
        <h2 className={layout.grow}>Line {row.seq}</h2>
        <CopyButton label="Copy line" text={plainLine(row)} />
        <IconButton label="Close" Icon={X} onClick={close} />
      </ToolBar>
      <div className={`${layout.scroll} ${layout.peek}`}>
        <Facts>
          <dt>Time</dt>
          <dd>{dateTime(row.at)}</dd>
          <dt>Level</dt>
          <dd className={LEVEL_TEXT[row.level]}>{row.level}</dd>
          <dt>Source</dt>
          <dd>{row.source}</dd>
          <TaskOf row={row} />
        </Facts>
        <div className={text.pre}>
          <TextBlocks text={row.text} />
        </div>
        {row.data === null ? null : (
          <section>
            <h3>Data</h3>
            <JsonView value={row.data} label="data" />
          </section>
        )}
      </div>
    </aside>
  );
}
