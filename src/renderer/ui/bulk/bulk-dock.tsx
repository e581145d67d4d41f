/** Bulk operations in the corner: how far each has come, and what became of it. */
import { useElementSize } from '@mantine/hooks';
import { X } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import type { Job } from '../../../contract/host/jobs.ts';
import { BulkSummary, isSkipped } from '../../../contract/kernel/bulk.ts';
import { count } from '../../lib/format.ts';
import { asError, useAct, useOperationQuery } from '../../lib/live/query.ts';
import { lineOf } from '../../lib/text/tame.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button, IconButton } from '../buttons.tsx';
import { useClearCorner } from '../feedback/corner.ts';
import { errorToast, UNDO_MS } from '../feedback/toast.tsx';
import layout from '../styles/layout.module.css';
import text from '../styles/text.module.css';
import css from './bulk.module.css';
import { amountOf, type BulkJob, useBulkJobs } from './bulk-jobs.ts';
import { BulkResults } from './bulk-results.tsx';
import { useUndo } from './use-results.ts';

/** Toasts stand above the dock: they have the same corner. */
function useRoomForToasts(height: number): void {
  useEffect(() => {
    document.documentElement.style.setProperty('--dock-height', height === 0 ? '0px' : `${Math.ceil(height) + 8}px`);
  }, [height]);
}

export function BulkDock() {
  const all = useBulkJobs((state) => state.jobs);
  const jobs = all.filter(({ tucked }) => tucked === undefined);
  const { ref, height } = useElementSize();
  useRoomForToasts(jobs.length === 0 ? 0 : height);
  useClearCorner(jobs.length > 0);
  if (jobs.length === 0) return null;
  return (
    <section ref={ref} className={css.dock} data-corner="" aria-label="Bulk operations">
      {jobs.map((job) =>
        job.rows === undefined ? <Running key={job.id} bulk={job} /> : <Over key={job.id} bulk={job} />,
      )}
    </section>
  );
}

/** How it went. */
interface Outcome {
  ok: number;
  /** Rows whose state does not allow it. */
  skipped: number;
  failed: number;
  /** What else there is to say, such as why it ended early. */
  note?: string | undefined;
}

function outcomeOf({ status, result, error, progress }: Job): Outcome | null {
  if (status === 'queued' || status === 'running') return null;
  const summary = BulkSummary.safeParse(result);
  if (summary.success) return summary.data;
  const note =
    status === 'cancelled'
      ? `Stopped at ${progress.message ?? 'the beginning'}`
      : (lineOf(error?.detail) ?? 'It failed');
  return { ok: 0, skipped: 0, failed: 0, note };
}

/** An operation that the host works on, or has worked on, as a job. */
function Running({ bulk }: { bulk: BulkJob }) {
  const { data: job } = useOperationQuery('jobs_get', { id: bulk.id });
  const noCancel = useCan('jobs_cancel');
  const cancel = useAct('jobs_cancel', { onError: (error) => errorToast('Could not stop it', error) });
  const outcome = job === undefined ? null : outcomeOf(job);
  if (outcome !== null) return <Ended bulk={bulk} outcome={outcome} />;
  return (
    <div className={css.card}>
      <div className={layout.row}>
        <span className={layout.grow}>{bulk.doing}</span>
        <Button small blocked={noCancel} busy={cancel.isPending} onClick={() => cancel.mutate({ id: bulk.id })}>
          Stop
        </Button>
      </div>
      <progress className={css.bar} max={100} value={job?.progress.percent ?? 0} aria-label={bulk.doing} />
      <span className={text.muted}>{job?.progress.message ?? 'Starting'}</span>
    </div>
  );
}

/** An operation that was answered at once. */
function Over({ bulk }: { bulk: BulkJob }) {
  const rows = bulk.rows ?? [];
  const ok = rows.filter((row) => row.ok).length;
  const skipped = rows.filter(isSkipped).length;
  return <Ended bulk={bulk} outcome={{ ok, skipped, failed: rows.length - ok - skipped }} />;
}

/** Time that what did not go well is shown in the corner; while the pointer or the focus is on it, it stays. */
const SEEN_MS = 20_000;

/** How it went is seen after a while, or with another screen: it does not lie over that. */
function useSeen(seen: () => void, isHeld: boolean): void {
  const act = useEffectEvent(seen);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(act, SEEN_MS);
    window.addEventListener('hashchange', act);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('hashchange', act);
    };
  }, [isHeld]);
}

/** What became of it; without failures it leaves by itself, with them it goes to the status bar. */
function Ended({ bulk, outcome: { ok, skipped, failed, note } }: { bulk: BulkJob; outcome: Outcome }) {
  const [shown, setShown] = useState(false);
  const dismiss = useBulkJobs((state) => state.dismiss);
  const undo = useUndo(bulk);
  const [isHeld, setHeld] = useState(false);
  const tuck = useBulkJobs((state) => state.tuck);
  const leaves = failed + skipped === 0 && note === undefined;
  const said = [failed === 0 ? null : `${count(failed)} failed`, skipped === 0 ? null : `${count(skipped)} skipped`];
  const toStatusBar = () => tuck(bulk.id, said.filter((part) => part !== null).join(', ') || 'Stopped');
  useSeen(toStatusBar, leaves || isHeld || shown);
  useEffect(() => {
    if (!leaves) return;
    const timer = setTimeout(() => dismiss(bulk.id), UNDO_MS);
    return () => clearTimeout(timer);
  }, [leaves, bulk.id, dismiss]);
  return (
    <div
      className={css.card}
      role="status"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <div className={layout.row}>
        <span className={layout.grow}>
          {note ?? `${amountOf(bulk.op, ok)} ${bulk.done}`}
          {skipped === 0 ? null : <span className={text.muted}>, {count(skipped)} skipped</span>}
          {failed === 0 ? null : <span className={text.bad}>, {count(failed)} failed</span>}
        </span>
        {undo === null || ok === 0 ? null : (
          <Button
            small
            onClick={() =>
              undo().then(
                () => dismiss(bulk.id),
                (error) => errorToast('Could not undo it', asError(error)),
              )
            }
          >
            Undo
          </Button>
        )}
        {leaves ? null : (
          <Button small onClick={() => setShown(true)}>
            Show results
          </Button>
        )}
        <IconButton Icon={X} label="Dismiss" onClick={() => dismiss(bulk.id)} />
      </div>
      <BulkResults
        bulk={bulk}
        opened={shown}
        close={() => {
          setShown(false);
          toStatusBar();
        }}
      />
    </div>
  );
}
