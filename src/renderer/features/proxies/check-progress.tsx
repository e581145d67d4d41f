import { Gauge, X } from 'lucide-react';
import { useState } from 'react';
import { ProxyChecks } from '../../../contract/automation/proxies.ts';
import type { Job } from '../../../contract/host/jobs.ts';
import type { JobId } from '../../../contract/kernel/scalars.ts';
import { count } from '../../lib/format.ts';
import { useAct, useOperationQuery } from '../../lib/live/query.ts';
import { Button, IconButton } from '../../ui/buttons.tsx';
import { Notice } from '../../ui/feedback/notice.tsx';
import layout from '../../ui/styles/layout.module.css';

const isOpen = ({ status }: Job) => status === 'queued' || status === 'running';

/** What the job says, in words. */
function wordsOf(job: Job): string {
  if (isOpen(job)) return `Checking proxies: ${job.progress.message ?? 'starting'}`;
  const found = ProxyChecks.safeParse(job.result);
  if (found.success)
    return `Checked ${count(found.data.ok + found.data.failed)}: ${count(found.data.ok)} OK, ${count(found.data.failed)} failed`;
  return job.error === null || job.status === 'cancelled' ? 'The check was cancelled' : job.error.detail;
}

/** How the check of all proxies goes; the last one when none is named. */
export function CheckProgress({ job: named }: { job: JobId | null }) {
  const last = useOperationQuery('jobs_list', { kind: ['proxies_check_all'], status: ['queued', 'running'], limit: 1 });
  const [dismissed, setDismissed] = useState<string | null>(null);
  const id = named ?? last.data?.items[0]?.id ?? null;
  const query = useOperationQuery('jobs_get', { id: id ?? '' }, { enabled: id !== null, keep: true });
  const cancel = useAct('jobs_cancel');
  const job = query.data;
  if (id === null || job === undefined || job.id !== id || dismissed === id) return null;
  return (
    <Notice tone="info" square>
      <Gauge size={15} />
      <span className={layout.grow} role="status">
        {wordsOf(job)}
      </span>
      {isOpen(job) ? (
        <Button small busy={cancel.isPending} onClick={() => cancel.mutate({ id })}>
          Cancel
        </Button>
      ) : (
        <IconButton label="Close" Icon={X} onClick={() => setDismissed(id)} />
      )}
    </Notice>
  );
}
