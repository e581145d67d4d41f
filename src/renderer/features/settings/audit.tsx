import { CircleCheck, CircleX } from 'lucide-react';
import { dateTime, shortId } from '../../lib/format.ts';
import { useAct, usePages } from '../../lib/live/query.ts';
import { Button } from '../../ui/buttons.tsx';
import { ErrorState, StateFrame } from '../../ui/feedback/state-frame.tsx';
import { focusable } from '../../ui/focusable.ts';

/** Who did what; the chain of hashes shows whether a line was changed later. */
export function Audit() {
  const list = usePages('audit_list', {});
  const verify = useAct('audit_verify');
  return (
    <section className="card" aria-label="Audit">
      <div className="card-head">
        <h2>Audit</h2>
        <span className="grow">
          {verify.data === undefined ? null : verify.data.ok ? (
            <span className="badge plain tone-good">
              <CircleCheck size={13} /> {verify.data.entries} lines are unchanged
            </span>
          ) : (
            <span className="badge plain tone-bad">
              <CircleX size={13} /> The chain breaks at line {verify.data.broken_at}
            </span>
          )}
        </span>
        <Button small onClick={list.refetch}>
          Refresh
        </Button>
        <Button small busy={verify.isPending} onClick={() => verify.mutate({})}>
          Verify
        </Button>
      </div>
      {verify.error === null ? null : <ErrorState inline error={verify.error} />}
      <StateFrame of={{ ...list, data: list.isPending ? undefined : list.rows }} skeleton={4}>
        <section className="audit-scroll" aria-label="Audit lines" {...focusable}>
          <table className="grid plain-table">
            <colgroup>
              <col style={{ width: 168 }} />
              <col style={{ width: 120 }} />
              <col style={{ width: 56 }} />
              <col style={{ width: 164 }} />
              <col style={{ width: 120 }} />
              <col style={{ width: 84 }} />
            </colgroup>
            <thead>
              <tr>
                <th scope="col">At</th>
                <th scope="col">Who</th>
                <th scope="col">Door</th>
                <th scope="col">Operation</th>
                <th scope="col">Target</th>
                <th scope="col">Outcome</th>
              </tr>
            </thead>
            <tbody>
              {list.rows.map((line) => (
                <tr key={line.seq}>
                  <td>{dateTime(line.at)}</td>
                  <td>{line.principal}</td>
                  <td className="muted">{line.door}</td>
                  <td className="mono">{line.op}</td>
                  <td className="mono muted" title={line.target ?? undefined}>
                    {line.target === null ? '' : shortId(line.target)}
                  </td>
                  <td className={line.outcome === 'ok' ? 'muted' : 'tone-bad'}>{line.outcome}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {list.hasMore ? (
            <Button small kind="ghost" onClick={list.loadMore}>
              Show older
            </Button>
          ) : null}
        </section>
      </StateFrame>
    </section>
  );
}
