import { CirclePause, CirclePlay } from 'lucide-react';
import { useAct, useOperationQuery } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button } from '../../../ui/buttons.tsx';
import { Badge } from '../../../ui/display/badge.tsx';
import { errorToast } from '../../../ui/feedback/toast.tsx';
import text from '../../../ui/styles/text.module.css';
import { blockedSentence } from '../task-facts.ts';

/** Pauses and resumes the queue, and says why nothing starts. */
export function QueueSwitch() {
  const queue = useOperationQuery('queue_stats', {});
  const blocked = useCan('queue_update');
  const update = useAct('queue_update', { onError: (error) => errorToast('Could not change the queue', error) });
  if (queue.data === undefined) return null;
  const { paused, blocked_reason, capacity } = queue.data;
  return (
    <>
      {blocked_reason === null || paused ? null : (
        <span className={`${text.muted} ${text.clip}`}>{blockedSentence(blocked_reason, capacity)}</span>
      )}
      {paused ? <Badge tone="warn">Queue paused</Badge> : null}
      <Button
        small
        kind="ghost"
        blocked={blocked}
        icon={paused ? <CirclePlay size={14} /> : <CirclePause size={14} />}
        onClick={() => update.mutate({ paused: !paused })}
      >
        {paused ? 'Resume queue' : 'Pause queue'}
      </Button>
    </>
  );
}
