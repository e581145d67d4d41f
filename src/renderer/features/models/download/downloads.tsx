/** Downloads that run, are paused or have failed. */
import { Pause, Play, X } from 'lucide-react';
import type { ModelDownload } from '../../../../contract/models/hub.ts';
import { useAct, useOperationQuery } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { IconButton } from '../../../ui/buttons.tsx';
import { errorToast } from '../../../ui/feedback/toast.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import css from '../models.module.css';
import { ProgressLine } from '../progress-line.tsx';

export function Downloads() {
  const query = useOperationQuery('models_downloads', {});
  const items = query.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section aria-label="Downloads">
      <h2>Downloads</h2>
      <ul className={layout.bare}>
        {items.map((download) => (
          <Download key={`${download.repo}:${download.variant}`} download={download} />
        ))}
      </ul>
    </section>
  );
}

function Download({ download }: { download: ModelDownload }) {
  const { repo, variant, revision, status, problem, bytes, done_bytes: done } = download;
  const job = useOperationQuery('jobs_get', { id: download.job_id }, { enabled: status === 'downloading' });
  const noPull = useCan('pull_model');
  const noCancel = useCan('jobs_cancel');
  const noDiscard = useCan('models_discard');
  const pause = useAct('jobs_cancel', { onError: (error) => errorToast('Could not pause the download', error) });
  const resume = useAct('pull_model', { onError: (error) => errorToast('Could not resume the download', error) });
  const discard = useAct('models_discard', { onError: (error) => errorToast('Could not discard the download', error) });
  const rest = { bytes_per_second: null, eta_seconds: null, step: null, message: null };
  const there = { ...rest, percent: (done / Math.max(1, bytes)) * 100, done_bytes: done, total_bytes: bytes };
  const live = status === 'downloading' ? job.data?.progress : undefined;
  return (
    <li className={css.line}>
      <span className={`${layout.grow} ${text.clip}`} title={problem ?? undefined}>
        <span className={css.name}>{repo}</span> <span className={text.muted}>{variant}</span>
        {problem === null ? null : <span className={text.bad}> · {problem}</span>}
      </span>
      <ProgressLine progress={live?.percent == null ? there : live} paused={status !== 'downloading'} />
      {status === 'downloading' ? (
        <IconButton
          label={`Pause ${repo}`}
          Icon={Pause}
          blocked={noCancel}
          onClick={() => pause.mutate({ id: download.job_id })}
        />
      ) : (
        <IconButton
          label={`Resume ${repo}`}
          Icon={Play}
          blocked={noPull}
          onClick={() => resume.mutate({ model: repo, variant, revision })}
        />
      )}
      <IconButton
        label={`Discard ${repo}`}
        Icon={X}
        blocked={noDiscard}
        onClick={() => discard.mutate({ repo, variant })}
      />
    </li>
  );
}
