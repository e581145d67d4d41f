import { CircleCheck, CircleX, SearchCheck, TriangleAlert } from 'lucide-react';
import type { CommandKind } from '../../../../contract/automation/kinds/index.ts';
import type { AppError } from '../../../../contract/kernel/errors.ts';
import { fieldText, type Titles } from '../../../../contract/kernel/text/field-words.ts';
import type { Answer } from '../../../lib/live/query.ts';
import { Button } from '../../../ui/buttons.tsx';
import { JsonView } from '../../../ui/display/json-view.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import { EmptyState, ErrorState } from '../../../ui/feedback/state-frame.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { kindViews } from '../kinds/index.ts';
import css from './composer.module.css';

/** What would run: the request, the program or the script with every variable resolved and secrets masked. */
export function DryRunResult({
  kind,
  query,
  titles,
  run,
}: {
  kind: CommandKind;
  query: { data: Answer<'commands_dry_run'> | undefined; error: AppError | null };
  /** Labels of the input form by path. */
  titles: Titles;
  run(): void;
}) {
  const { data, error } = query;
  if (error !== null) return <ErrorState error={error} retry={run} />;
  if (data === undefined) {
    return (
      <EmptyState
        icon={<SearchCheck size={24} />}
        title="No dry run yet"
        help="commands#dry-run"
        action={
          <Button action="composer.dry" showKey onClick={run}>
            Dry run
          </Button>
        }
      >
        A dry run resolves every variable and checks the input. It starts nothing and sends nothing.
      </EmptyState>
    );
  }
  const { Resolved } = kindViews[kind];
  return (
    <div className={`${layout.col} ${layout.grow}`}>
      <div className={`${layout.peek} ${css.verdict}`}>
        <div className={data.valid ? `${layout.row} ${text.good}` : `${layout.row} ${text.bad}`}>
          {data.valid ? <CircleCheck size={15} /> : <CircleX size={15} />}
          <strong>{data.valid ? 'Ready to run' : 'Cannot run'}</strong>
        </div>
        {data.missing.length === 0 ? null : (
          <Notice tone="bad">
            <CircleX size={14} />
            <span>Missing values: {data.missing.join(', ')}</span>
          </Notice>
        )}
        {data.errors.map((item) => (
          <Notice key={`${item.path}${item.message}`} tone="bad">
            <CircleX size={14} />
            <span>{fieldText(item.path, item.message, titles)}</span>
          </Notice>
        ))}
        {data.warnings.map((text) => (
          <Notice key={text} tone="warn">
            <TriangleAlert size={14} />
            <span>{text}</span>
          </Notice>
        ))}
      </div>
      <h3 className={css.paneTitle}>Resolved spec (secrets are masked)</h3>
      {Resolved !== null && Object.keys(data.resolved).length > 0 ? (
        <Resolved resolved={data.resolved} />
      ) : (
        <div className={layout.scroll}>
          <JsonView value={data.resolved} label="resolved spec" />
        </div>
      )}
    </div>
  );
}
