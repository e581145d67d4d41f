import { CircleCheck, CircleX, SearchCheck, TriangleAlert } from 'lucide-react';
import type { CommandKind } from '../../../contract/automation/kinds/index.ts';
import type { AppError } from '../../../contract/kernel/errors.ts';
import type { Answer } from '../../lib/live/query.ts';
import { Button } from '../../ui/buttons.tsx';
import { JsonView } from '../../ui/display/json-view.tsx';
import { EmptyState, ErrorState } from '../../ui/feedback/state-frame.tsx';
import { kindViews } from './kinds/index.ts';

/** What would run: the request, the program or the script with every variable resolved and secrets masked. */
export function DryRunResult({
  kind,
  query,
  run,
}: {
  kind: CommandKind;
  query: { data: Answer<'commands_dry_run'> | undefined; error: AppError | null };
  run(): void;
}) {
  const { data, error } = query;
  if (error !== null) return <ErrorState error={error} retry={run} />;
  if (data === undefined) {
    return (
      <EmptyState
        icon={<SearchCheck size={24} />}
        title="Nothing checked yet"
        help="commands#dry-run"
        action={
          <Button action="composer.dry" showKey onClick={run}>
            Dry run
          </Button>
        }
      >
        A dry run resolves every variable and checks the input without touching anything outside.
      </EmptyState>
    );
  }
  const { Resolved } = kindViews[kind];
  return (
    <div className="col grow" style={{ flex: 1 }}>
      <div className="peek" style={{ gap: 8, padding: 12 }}>
        <div className={data.valid ? 'row tone-good' : 'row tone-bad'}>
          {data.valid ? <CircleCheck size={15} /> : <CircleX size={15} />}
          <strong>{data.valid ? 'It can run' : 'It cannot run like this'}</strong>
        </div>
        {data.missing.length === 0 ? null : (
          <div className="notice bad">
            <CircleX size={14} />
            <span>No value for {data.missing.join(', ')}</span>
          </div>
        )}
        {data.errors.map((item) => (
          <div key={`${item.path}${item.message}`} className="notice bad">
            <CircleX size={14} />
            <span>
              <code>{item.path}</code> {item.message}
            </span>
          </div>
        ))}
        {data.warnings.map((text) => (
          <div key={text} className="notice warn">
            <TriangleAlert size={14} />
            <span>{text}</span>
          </div>
        ))}
      </div>
      <h3 className="pane-title">What would run; secrets are masked</h3>
      {Resolved !== null && Object.keys(data.resolved).length > 0 ? (
        <Resolved resolved={data.resolved} />
      ) : (
        <div className="scroll">
          <JsonView value={data.resolved} label="resolved spec" />
        </div>
      )}
    </div>
  );
}
