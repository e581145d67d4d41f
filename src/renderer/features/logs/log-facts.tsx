import { count, plural } from '../../lib/format.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { Badge } from '../../ui/display/badge.tsx';
import text from '../../ui/styles/text.module.css';

/** Totals of the log, shown beside the title. */
export function LogFacts() {
  const { data } = useOperationQuery('logs_stats', {});
  if (data === undefined) return null;
  return (
    <>
      <span className={text.muted}>
        {plural(data.total_logs, 'entry', 'entries')} · {plural(data.by_level.error ?? 0, 'error')} ·{' '}
        {plural(data.by_level.warn ?? 0, 'warning')}
      </span>
      {data.dropped > 0 ? <Badge tone="warn">{count(data.dropped)} lines dropped by the host</Badge> : null}
    </>
  );
}
