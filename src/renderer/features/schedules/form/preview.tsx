import { useDebouncedValue } from '@mantine/hooks';
import type { Trigger } from '../../../../contract/automation/schedule/triggers.ts';
import { dateTime } from '../../../lib/format.ts';
import { useOperationQuery } from '../../../lib/live/query.ts';
import { Ago } from '../../../ui/display/ago.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import css from '../schedules.module.css';
import { ownZone } from './schedule-values.ts';

const SHOWN = 5;

/** The next times of what is being typed, in words too, and what the turn of the clock does to them. */
export function Preview({ trigger }: { trigger: Trigger | null }) {
  const [asked] = useDebouncedValue(trigger, 150);
  const query = useOperationQuery(
    'schedules_preview',
    { trigger: asked ?? { kind: 'interval', seconds: 60 }, count: SHOWN },
    { enabled: asked !== null, keep: true },
  );
  if (asked === null) return <p className={text.muted}>The next times appear here.</p>;
  if (query.error !== null) return <Notice tone="bad">{query.error.message}</Notice>;
  if (query.data === undefined) return null;
  const { words, items, warnings } = query.data;
  return (
    <section className={css.preview} aria-label="Next times" aria-live="polite">
      <strong>{words}</strong>
      {asked.kind === 'cron' && asked.timezone !== ownZone() ? (
        <p className={text.muted}>Shown by the clock of this computer ({ownZone()})</p>
      ) : null}
      {items.length === 0 ? <p className={text.muted}>It never comes.</p> : null}
      <ol className={css.times}>
        {items.map((at) => (
          <li key={at} className={layout.row}>
            <span className={layout.grow}>{dateTime(at)}</span>
            <span className={text.muted}>
              <Ago at={at} />
            </span>
          </li>
        ))}
      </ol>
      {warnings.map((warning) => (
        <Notice key={warning} tone="warn">
          {warning}
        </Notice>
      ))}
    </section>
  );
}
