import { X } from 'lucide-react';
import { dateTime } from '../../lib/format.ts';
import type { LogRow } from '../../lib/log/ring.ts';
import { CopyButton, IconButton } from '../../ui/buttons.tsx';
import { JsonView } from '../../ui/display/json-view.tsx';
import { plainLine } from '../../ui/log/log-viewer.tsx';
import { ToolBar } from '../../ui/screen.tsx';

/** One line of the log with its data, beside the others. */
export function LogDetail({ row, close }: { row: LogRow; close(): void }) {
  return (
    <aside className="col grow" aria-label="Line">
      <ToolBar>
        <h2 className="grow">Line {row.seq}</h2>
        <CopyButton label="Copy line" text={plainLine(row)} />
        <IconButton label="Close" Icon={X} onClick={close} />
      </ToolBar>
      <div className="scroll peek">
        <dl className="facts">
          <dt>At</dt>
          <dd>{dateTime(row.at)}</dd>
          <dt>Level</dt>
          <dd className={`level-text-${row.level}`}>{row.level}</dd>
          <dt>Source</dt>
          <dd>{row.source}</dd>
        </dl>
        <pre className="pre">{row.text}</pre>
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
