import { X } from 'lucide-react';
import { dateTime } from '../../lib/format.ts';
import type { LogLevel, LogRow } from '../../lib/log/ring.ts';
import { CopyButton, IconButton } from '../../ui/buttons.tsx';
import { Facts } from '../../ui/display/facts.tsx';
import { JsonView } from '../../ui/display/json-view.tsx';
import { plainLine } from '../../ui/log/log-text.ts';
import { ToolBar } from '../../ui/screen.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';

const LEVEL_TEXT: Record<LogLevel, string | undefined> = {
  error: text.bad,
  warn: text.warn,
  info: text.info,
  debug: text.faint,
};

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
          <dt>At</dt>
          <dd>{dateTime(row.at)}</dd>
          <dt>Level</dt>
          <dd className={LEVEL_TEXT[row.level]}>{row.level}</dd>
          <dt>Source</dt>
          <dd>{row.source}</dd>
        </Facts>
        <pre className={text.pre}>{row.text}</pre>
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
