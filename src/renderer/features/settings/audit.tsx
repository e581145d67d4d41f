import { CircleCheck, CircleX } from 'lucide-react';
import type { AuditVerdict } from '../../../contract/host/telemetry.ts';
import { contract } from '../../../contract/index.ts';
import { dateTime, shortId, words } from '../../lib/format.ts';
import { useAct, usePages } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { Badge } from '../../ui/display/badge.tsx';
import { Card } from '../../ui/display/card.tsx';
import { ErrorState, StateFrame } from '../../ui/feedback/state-frame.tsx';
import { focusable } from '../../ui/focusable.ts';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { StaticTable } from '../../ui/table/static-table.tsx';
import css from './audit.module.css';

const FOUND: Record<NonNullable<AuditVerdict['reason']>, string> = {
  edited: 'A line was changed',
  rewritten: 'Lines were rewritten',
  truncated: 'Lines at the end are missing',
  dropped: 'A line was not kept',
  head_missing: 'The recorded end of the audit is missing',
  head_forged: 'The recorded end of the audit was changed',
};

/** Where a call came in. */
const DOORS: Readonly<Record<string, string>> = {
  host: 'Host',
  memory: 'Host',
  cli: 'Command line',
  ipc: 'Desktop app',
  ws: 'Browser',
  http: 'HTTP',
  native: 'Extension',
  webrtc: 'WebRTC',
};

const operationOf = (op: string): string =>
  Object.hasOwn(contract, op) ? contract[op as keyof typeof contract].summary : words(op);

/** The audit log; its hash chain reveals lines that were changed afterwards. */
export function Audit() {
  const list = usePages('audit_list', {});
  const keys = usePages('keys_list', {});
  const nameOf = new Map<string, string>(keys.rows.map(({ id, name }) => [id, name]));
  const verify = useAct('audit_verify');
  const noList = useCan('audit_list');
  const noVerify = useCan('audit_verify');
  return (
    <Card
      label="Audit"
      head={
        <>
          <h2>Audit</h2>
          <span className={layout.grow}>{verify.data === undefined ? null : <Verdict verdict={verify.data} />}</span>
          <Button small blocked={noList} onClick={list.refetch}>
            Refresh
          </Button>
          <Button small blocked={noVerify} busy={verify.isPending} onClick={() => verify.mutate({})}>
            Verify
          </Button>
        </>
      }
    >
      {verify.error === null ? null : <ErrorState inline error={verify.error} />}
      <StateFrame of={list} skeleton={4}>
        <section className={css.lines} aria-label="Audit lines" {...focusable}>
          <StaticTable>
            <colgroup>
              <col className={css.at} />
              <col className={css.who} />
              <col className={css.door} />
              <col />
              <col className={css.target} />
              <col className={css.outcome} />
            </colgroup>
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Caller</th>
                <th scope="col">Channel</th>
                <th scope="col">Operation</th>
                <th scope="col">Target</th>
                <th scope="col">Outcome</th>
              </tr>
            </thead>
            <tbody>
              {list.rows.map((line) => (
                <tr key={line.seq}>
                  <td
                    title={[nameOf.get(line.principal) ?? line.principal, DOORS[line.door] ?? line.door, line.target]
                      .filter(Boolean)
                      .join(' · ')}
                  >
                    {dateTime(line.at)}
                  </td>
                  <td title={line.principal}>{nameOf.get(line.principal) ?? line.principal}</td>
                  <td className={text.muted}>{DOORS[line.door] ?? line.door}</td>
                  <td title={line.op}>{operationOf(line.op)}</td>
                  <td className={text.muted} title={line.target ?? undefined}>
                    {line.target === null ? '' : (nameOf.get(line.target) ?? shortId(line.target))}
                  </td>
                  <td className={line.outcome === 'ok' ? text.muted : text.bad}>{line.outcome}</td>
                </tr>
              ))}
            </tbody>
          </StaticTable>
          {list.hasMore ? (
            <Button small kind="ghost" onClick={list.loadMore}>
              Show older
            </Button>
          ) : null}
        </section>
      </StateFrame>
    </Card>
  );
}

function Verdict({ verdict: { ok, entries, reason, broken_at } }: { verdict: AuditVerdict }) {
  return ok ? (
    <Badge plain tone="good">
      <CircleCheck size={13} /> {entries} lines are unchanged
    </Badge>
  ) : (
    <Badge plain tone="bad">
      <CircleX size={13} /> {FOUND[reason ?? 'edited']} (line {broken_at})
    </Badge>
  );
}
